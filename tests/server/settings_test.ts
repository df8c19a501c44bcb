import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../lib/errors.ts";
import { parseServerArgs, SERVER_HELP, type ServerSettings } from "../../lib/server/settings.ts";

const TLS = { port: 50002, orAny: true, given: undefined };

const DEFAULTS: ServerSettings = {
  host: "0.0.0.0",
  port: 50001,
  tls: TLS,
  data: undefined,
  announce: true,
  name: undefined,
  quiet: false,
  log: "text",
  maxConnections: 10_000,
  maxRooms: 10_000,
  ownerDeletes: false,
  relay: true,
  maxRelays: 200,
  requestTimeout: 10_000,
  maxAccounts: 10_000,
  lock: 10_000,
  singleSession: false,
  idleTimeout: 0,
};

const GOOD: [args: string[], settings: Partial<ServerSettings>][] = [
  [[], {}],
  [["--port", "0"], { port: 0, tls: { ...TLS, port: 0 } }],
  [["--port=65535"], { port: 65535, tls: { ...TLS, port: 0 } }],
  [["--port", "6000"], { port: 6000, tls: { ...TLS, port: 6001 } }],
  [["--tls-port", "7"], { tls: { ...TLS, port: 7, orAny: false } }],
  [["--no-tls"], { tls: undefined }],
  [
    ["--tls-cert", "c.pem", "--tls-key", "k.pem"],
    { tls: { ...TLS, given: { certificate: "c.pem", key: "k.pem" } } },
  ],
  [["--host", "127.0.0.1"], { host: "127.0.0.1" }],
  [["--host", "::1"], { host: "::1" }],
  [["--quiet"], { quiet: true }],
  [["--data", "x.db"], { data: "x.db" }],
  [["--memory"], { data: null }],
  [["--no-announce"], { announce: false }],
  [["--name", " Lab 7 "], { name: "Lab 7" }],
  [["--log", "json"], { log: "json" }],
  [["--log", "text"], { log: "text" }],
  [["--max-connections", "1"], { maxConnections: 1 }],
  [["--max-rooms", "5"], { maxRooms: 5 }],
  [["--owner-deletes"], { ownerDeletes: true }],
  [["--no-relay"], { relay: false }],
  [["--max-relays", "0"], { maxRelays: 0 }],
  [["--max-relays", "3000"], { maxRelays: 3_000 }],
  [["--request-timeout", "1"], { requestTimeout: 1_000 }],
  [["--max-accounts", "0"], { maxAccounts: 0 }],
  [["--lock-seconds", "60"], { lock: 60_000 }],
  [["--single-session"], { singleSession: true }],
  [["--idle-timeout", "900"], { idleTimeout: 900_000 }],
  [["--", "--quiet"], { quiet: true }],
];

for (const [args, settings] of GOOD) {
  Deno.test(`parseServerArgs() reads: ${args.join(" ")}`, () => {
    assertEquals(parseServerArgs(args), {
      kind: "serve",
      settings: { ...DEFAULTS, ...settings },
    });
  });
}

Deno.test("parseServerArgs() reads --help and --version, whatever else is there", () => {
  assertEquals(parseServerArgs(["--help"]), { kind: "help" });
  assertEquals(parseServerArgs(["--version"]), { kind: "version" });
  assertEquals(parseServerArgs(["--version", "--help", "x", "--port", "abc"]), { kind: "help" });
});

Deno.test("parseServerArgs() reads what administrators do", () => {
  const source = "names.txt";
  const imports = { kind: "import", source, data: undefined, maxAccounts: 10_000 } as const;
  assertEquals(parseServerArgs(["import", source]), imports);
  assertEquals(
    parseServerArgs(["import", "--data", "x.db", source, "--max-accounts=7"]),
    { ...imports, data: "x.db", maxAccounts: 7 },
  );
  assertEquals(parseServerArgs(["users", "--data", "x.db"]), {
    kind: "users",
    data: "x.db",
    json: false,
  });
  assertEquals(parseServerArgs(["--", "users", "--json"]), {
    kind: "users",
    data: undefined,
    json: true,
  });
  assertEquals(parseServerArgs(["users", "--help"]), { kind: "help" });
});

const WRONG: [args: string[], message: string][] = [
  [["--port", "65536"], 'Cannot use --port "65536": it is no whole number in 0-65535.'],
  [["--port", "abc"], 'Cannot use --port "abc"'],
  [["--port=-1"], 'Cannot use --port "-1"'],
  [["--port", ""], 'Cannot use flag "--port": its value is missing.'],
  [["--prot", "1"], 'Cannot use flag "--prot": there is no such flag. See "crds-server --help".'],
  [["-p", "1"], 'Cannot use flag "-p"'],
  [["50001"], 'Cannot understand "50001": there is no such command. See "crds-server --help".'],
  [["--log", "xml"], 'Cannot use --log "xml": there is no such format. Use text or json.'],
  [["--log", "JSON"], 'Cannot use --log "JSON"'],
  [["--tls-port", "65536"], 'Cannot use --tls-port "65536"'],
  [["--tls-cert", "c.pem"], "Cannot use --tls-cert alone: it goes with --tls-key FILE"],
  [["--tls-key", "k.pem"], "Cannot use --tls-key alone: it goes with --tls-cert FILE"],
  [["--no-tls", "--tls-port", "7"], "Cannot use --no-tls with --tls-port: choose one of them."],
  [["--max-connections", "0"], 'Cannot use --max-connections "0"'],
  [["--max-rooms", "0"], 'Cannot use --max-rooms "0"'],
  [["--max-rooms", "1000000"], 'Cannot use --max-rooms "1000000"'],
  [["--max-relays", "3001"], "in 0-3000. Leave it out for 200."],
  [["--max-relays", "many"], 'Cannot use --max-relays "many"'],
  [["--request-timeout", "0"], 'Cannot use --request-timeout "0"'],
  [["--request-timeout", "0.5"], 'Cannot use --request-timeout "0.5"'],
  [["--request-timeout", "3601"], "in 1-3600. Leave it out for 10."],
  [["--lock-seconds", "0"], "in 1-3600. Leave it out for 10."],
  [["--idle-timeout", "-1"], 'Cannot use --idle-timeout "-1"'],
  [["--max-accounts", "lots"], 'Cannot use --max-accounts "lots"'],
  [["import"], 'Cannot import accounts: no file is named. Use "crds-server import FILE".'],
  [["import", "a", "b"], 'Cannot understand "b" after "import".'],
  [["import", "a", "--json"], 'Cannot use --json with "import".'],
  [["import", "a", "--memory"], 'Cannot use flag "--memory": there is no such flag.'],
  [["users", "a"], 'Cannot understand "a" after "users".'],
  [["users", "--max-accounts", "7"], 'Cannot use --max-accounts with "users".'],
];

for (const [args, message] of WRONG) {
  Deno.test(`parseServerArgs() refuses: ${args.join(" ")}`, () => {
    assertThrows(() => parseServerArgs(args), UsageError, message);
  });
}

Deno.test("SERVER_HELP names every flag, the port and the exit codes, in 80 columns", () => {
  const flags =
    "port host tls-port tls-cert tls-key no-tls data memory name no-announce quiet log max-connections max-rooms no-relay max-relays max-accounts lock-seconds single-session idle-timeout request-timeout help version json";
  for (const flag of flags.split(" ")) {
    assertEquals(SERVER_HELP.includes(`  --${flag}`), true, flag);
  }
  assertEquals(SERVER_HELP.includes("50001"), true);
  assertEquals(SERVER_HELP.includes("Exit codes: 0"), true);
  assertEquals(SERVER_HELP.split("\n").filter((line) => line.length > 80), []);
});
