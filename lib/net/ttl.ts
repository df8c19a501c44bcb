/**
 * How far multicast goes. It is apart from the sockets, which a command line does not need.
 *
 * @module
 */

/** Multicast that stays in the local network (RFC 1112, section 6.1). */
export const DEFAULT_TTL = 1;
