/**
 * What somebody sees on the cable between two clients: a capture with a raw socket, between hosts that the
 * test makes itself.
 */

import { assert, assertEquals } from "@std/assert";
import { type NetworkHost, NO_HOSTS, TwoHosts } from "../helpers/network_hosts.ts";
import { type Program, taskArgs } from "../helpers/processes.ts";
import { HAS_PYTHON } from "../helpers/python.ts";
import { TempFolder } from "../helpers/temp_folder.ts";

const NAME =
  "messages and private sessions between two hosts show neither text nor names on the wire";

const why = NO_HOSTS ?? (HAS_PYTHON ? undefined : "this machine has no python3");
if (why !== undefined) console.warn(`SKIPPED "${NAME}": ${why}.`);

const CAPTURE = new URL("../helpers/capture.py", import.meta.url).pathname;

/** What must not be on the wire, and is in no certificate or program by chance. */
const SECRETS = [
  "Annabelle-Q",
  "Melchior-Z",
  "purple giraffe",
  "seventeen umbrellas",
  "quiet otter",
];

function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

function client(host: NetworkHost, name: string, folder: TempFolder): Program {
  const env = {
    CRDS_IFACE: host.address,
    ...Object.fromEntries(
      ["HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"].map((each) => [each, folder.file(name)]),
    ),
  };
  const args = [...taskArgs("client"), "--server", "10.77.0.1:50001", "--name", name];
  return host.run({ args, env });
}

Deno.test({
  name: NAME,
  ignore: why !== undefined,
  fn: async () => {
    using folder = new TempFolder();
    using network = new TwoHosts();
    const [here, there] = network.hosts;
    const file = folder.file("frames");
    await using capture = here.run({ command: "python3", args: [CAPTURE, file] });
    await capture.next(/ready\n/);
    const flags = ["--host", here.address, "--memory", "--no-announce"];
    await using server = here.run({ args: [...taskArgs("server"), ...flags] });
    await server.waitFor(/TLS on port/);
    await using ann = client(here, SECRETS[0]!, folder);
    await using mel = client(there, SECRETS[1]!, folder);
    for (const each of [ann, mel]) {
      await each.write("connect\n");
      await each.next(/Connected to the CRDS/, "stderr");
    }
    // A client says nothing of when others can reach it.
    const isAsked = () => /wants a private session/.test(ann.stderr);
    const refusals = () => mel.stderr.split("does not take connections").length - 1;
    for (let tries = 1; !isAsked(); tries++) {
      await mel.write(`startprivate ${SECRETS[0]}\n`);
      while (refusals() < tries && !isAsked()) await tick();
    }
    await ann.write("y\n");
    await mel.next(/Private session with/, "stderr");
    await mel.write(`msg ${SECRETS[0]} ${SECRETS[2]}\n`);
    await mel.next(/Delivered to/, "stderr");
    await ann.next(new RegExp(`${SECRETS[1]} \\(private, guest\\): ${SECRETS[2]}\n`));
    const isDirect = /peer\.ticket/.test(server.stdout) && !/message\.put/.test(server.stdout);
    assert(isDirect, server.stdout);
    await mel.write(`private ${SECRETS[0]} ${SECRETS[3]}\n`);
    await ann.next(new RegExp(`private session, guest\\): ${SECRETS[3]}\n`));
    await ann.write(`private ${SECRETS[1]} ${SECRETS[4]}\nquit\n`);
    await mel.next(new RegExp(`private session, guest\\): ${SECRETS[4]}\n`));
    await mel.write("quit\n");
    assertEquals((await ann.status).code, 0);
    await mel.status;
    await capture.closeStdin();
    const [, frames] = await capture.next(/frames (\d+)\n/);
    assert(Number(frames) > 20);
    const seen = new TextDecoder("latin1").decode(await Deno.readFile(file));
    // It does see what is in clear: the first hello of each, which says nothing but the program.
    assert(seen.includes('"client":"crds-client'));
    assert(seen.includes("\x16\x03"));
    for (const secret of SECRETS) assert(!seen.includes(secret), secret);
  },
});
