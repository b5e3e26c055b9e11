/**
 * X10 addresses. A house code (A..P) and a unit code (1..16) name one of 256 addresses; heyu writes them
 * as "A3". Inside the core an address is also a number 0..255 (house * 16 + unit - 1), which indexes tables.
 */

export type HouseCode =
  'A' | 'B' | 'C' | 'D' | 'E' | 'F' | 'G' | 'H' | 'I' | 'J' | 'K' | 'L' | 'M' | 'N' | 'O' | 'P';

/** House code and unit code as heyu writes them: "A1".."P16". */
export type Address = `${HouseCode}${number}`;

/** Where a sensor is: its address, and the units of the further keys of a remote (same house code, ascending). */
export type Addresses = { readonly address: Address; readonly moreUnits: readonly Address[] };

/** Every address of a sensor, its own first. */
export function unitsOf({ address, moreUnits }: Addresses): readonly Address[] {
  return [address, ...moreUnits];
}

/** Position of an address in a table of all of them: 0 (A1) .. 255 (P16). */
export type AddressIndex = number;

/** How many addresses there are. */
export const ADDRESS_COUNT = 256;

const HOUSES = 'ABCDEFGHIJKLMNOP';

const ADDRESSES: readonly Address[] = Array.from(
  { length: ADDRESS_COUNT },
  (_, index) => `${HOUSES.charAt(index >> 4)}${(index & 15) + 1}` as Address,
);

/** The address at a table position. `index` must be 0..255. */
export function addressAt(index: AddressIndex): Address {
  const address = ADDRESSES[index];
  if (address === undefined) throw new RangeError(`no X10 address has the index ${index}`);
  return address;
}

/** The table position of an address. */
export function indexOf(address: Address): AddressIndex {
  return ((address.charCodeAt(0) - 65) << 4) + Number(address.slice(1)) - 1;
}

/** The table position of a unit by the letter and digits that heyu writes; undefined for a number that no unit has. */
export function indexNamed(letter: string, digits: string): AddressIndex | undefined {
  const unit = Number(digits);
  return unit >= 1 && unit <= 16 ? ((letter.charCodeAt(0) - 65) << 4) + unit - 1 : undefined;
}

/** The house code of a table position. */
export function houseAt(index: AddressIndex): HouseCode {
  return HOUSES.charAt(index >> 4) as HouseCode;
}

/** Reads "A3", "a3" or "A03" as a person may write it; anything else is undefined. */
export function parseAddress(text: string): Address | undefined {
  const match = /^([a-p])0?(1[0-6]|[1-9])$/i.exec(text.trim());
  return match ? (`${match[1]?.toUpperCase() ?? ''}${match[2] ?? ''}` as Address) : undefined;
}

/** The address whose unit is one higher; unit 16 wraps to 1 (manuals of the MS13A/MS14A/MS16A). */
export function nextUnit(address: Address): Address {
  const index = indexOf(address);
  return addressAt((index & 0xf0) | ((index + 1) & 0x0f));
}
