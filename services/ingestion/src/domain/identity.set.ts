const INITIAL_SLOTS = 1_024;
const INITIAL_BYTES = 16_384;

/**
 * A set of texts, kept as bytes: about their length and 16 bytes each, a quarter of what a Set of strings takes.
 * Membership is exact. The seed keeps an outsider from choosing texts that all fall into one place; it changes nothing
 * of what is answered.
 */
export class IdentitySet {
  private slots = new Uint32Array(INITIAL_SLOTS); // 1 + index of a text; 0 is empty
  private ends = new Uint32Array(INITIAL_SLOTS);
  private bytes = new Uint8Array(INITIAL_BYTES);
  private count = 0;

  constructor(private readonly seed = 0) {}

  get size(): number {
    return this.count;
  }

  /** True when it was not in the set. The text is bytes[start, end) in UTF-8. */
  add(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
    this.reserveSlots();
    const slot = this.slotOf(bytes, start, end);
    if (this.slots[slot] !== 0) return false;
    const at = this.endOf(this.count - 1);
    this.reserveBytes(at + end - start);
    for (let i = start; i < end; i++) this.bytes[at + i - start] = bytes[i] as number;
    this.ends[this.count] = at + end - start;
    this.count++;
    this.slots[slot] = this.count;
    return true;
  }

  has(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
    return this.slots[this.slotOf(bytes, start, end)] !== 0;
  }

  /** How many texts of the other set are in this one. */
  shared(other: IdentitySet): number {
    let shared = 0;
    for (let index = 0; index < other.count; index++) {
      if (this.has(other.bytes, other.endOf(index - 1), other.endOf(index))) shared++;
    }
    return shared;
  }

  private endOf(index: number): number {
    return index < 0 ? 0 : (this.ends[index] as number);
  }

  /** Where the text is, or the free slot where it belongs (linear probing). */
  private slotOf(bytes: Uint8Array, start: number, end: number): number {
    const { slots } = this;
    const mask = slots.length - 1;
    for (let slot = this.hash(bytes, start, end) & mask; ; slot = (slot + 1) & mask) {
      const found = slots[slot] as number;
      if (found === 0 || this.equals(found - 1, bytes, start, end)) return slot;
    }
  }

  private equals(index: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.endOf(index - 1);
    if (this.endOf(index) - from !== end - start) return false;
    for (let i = start; i < end; i++) if (this.bytes[from + i - start] !== bytes[i]) return false;
    return true;
  }

  /** FNV-1a over the bytes from the seed, finished as MurmurHash3 does. */
  private hash(bytes: Uint8Array, start: number, end: number): number {
    let hash = 0x811c9dc5 ^ this.seed;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16) ^ this.seed, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) >>> 0;
  }

  private reserveBytes(bytes: number): void {
    if (bytes <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(bytes, Math.ceil(this.bytes.length * 1.5)));
    larger.set(this.bytes);
    this.bytes = larger;
  }

  /** At most half of the slots are taken. */
  private reserveSlots(): void {
    if ((this.count + 1) * 2 <= this.slots.length) return;
    const ends = new Uint32Array(this.slots.length);
    ends.set(this.ends.subarray(0, this.count));
    this.ends = ends;
    this.slots = new Uint32Array(this.slots.length * 2);
    for (let index = 0; index < this.count; index++) {
      this.slots[this.slotOf(this.bytes, this.endOf(index - 1), this.endOf(index))] = index + 1;
    }
  }
}
