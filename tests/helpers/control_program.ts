/**
 * A program that prints kind and source of each control datagram in a group, one a line.
 *
 * usage: control_program.ts GROUP INTERFACE_ADDRESS; prints `ready` first
 *
 * @module
 */

import { CONTROL_PORT, decodeControl } from "../../lib/framing/control.ts";
import { MulticastLink } from "../../lib/net/multicast.ts";

const [address = "", interfaceAddress = ""] = Deno.args;
await MulticastLink.open({
  group: { address, port: CONTROL_PORT },
  interfaceAddress,
  onDatagram: (bytes, source) => console.log(decodeControl(bytes)?.kind, source.address),
  onError: (error) => console.error(error),
});
console.log("ready");
