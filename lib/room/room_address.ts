/**
 * What must be known of a room to be in it.
 *
 * @module
 */

/** A room's name and where it is. */
export interface RoomAddress {
  /** The room's name in the directory. */
  readonly name: string;
  /** The group address, in 239.0.0.0/8. */
  readonly address: string;
  /** The UDP port, 1-65535. */
  readonly port: number;
}
