/** What cannot be done, in words for the page. */
export class Refusal extends Error {}
