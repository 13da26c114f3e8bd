/** A sequential detector of a rise: it sees one number after the other, in time order, and never looks back. */
export interface Detector {
  /** Takes the next value; true where it notices a change at this value. */
  update(value: number): boolean
}
