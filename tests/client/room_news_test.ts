import { assertEquals } from "@std/assert";
import { RoomNews } from "../../lib/client/room_news.ts";
import type { Room } from "../../lib/directory/room.ts";
import type { RoomChange } from "../../lib/directory/room_methods.ts";

function change(kind: RoomChange["kind"], name: string, createdBy?: string): RoomChange {
  const by = createdBy === undefined ? {} : { createdBy };
  const room = { name, address: "239.1.2.3", port: 7, members: 0, ...by };
  return { revision: 1, kind, room };
}

function newsIn(room: Room | undefined) {
  const told: string[] = [];
  const tell = (sentence: string) => void told.push(sentence);
  return { told, news: new RoomNews({ tell, room: () => room, name: () => "Mel" }) };
}

Deno.test("RoomNews.tell() outside of a room tells of all but the user's own doing", async () => {
  const { told, news } = newsIn(undefined);
  news.tell(change("created", "a", "Bob\x1b"));
  news.tell(change("created", "b", "Mel"));
  await news.whileDeleting("b", () => Promise.resolve(news.tell(change("deleted", "b"))));
  news.tell(change("deleted", "b"));
  assertEquals(told, ['Room "a" was created by Bob\ufffd.', 'Room "b" was deleted.']);
});

Deno.test("RoomNews.tell() in a room tells of that room only", () => {
  const { told, news } = newsIn({ name: "a", address: "239.1.2.3", port: 7 });
  news.tell(change("created", "b"));
  news.tell(change("deleted", "b"));
  news.tell(change("deleted", "a"));
  news.tell(change("created", "a"));
  const elsewhere = change("created", "a");
  news.tell({ ...elsewhere, room: { ...elsewhere.room, port: 8 } });
  assertEquals(told, [
    'Room "a" was deleted from the directory; whoever is in it stays.',
    'Room "a" is in the directory again.',
    'Room "a" was created anew at 239.1.2.3:8: leave and enter it to get there.',
  ]);
});
