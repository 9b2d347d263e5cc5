/** What would be lost with the tab, if anything. */
const unsaved = new Set<() => boolean>();
let asked = true;

function onLeaving(event: BeforeUnloadEvent): void {
  if (asked && [...unsaved].some((has) => has())) event.preventDefault();
}

/** Has the browser ask before the tab is closed over something that is in no commit yet. */
export function askBeforeLeaving(has: () => boolean): void {
  unsaved.add(has);
  addEventListener('beforeunload', onLeaving);
}

/** Loads the page again, knowingly: what the tab keeps is there afterwards. */
export function reload(): void {
  asked = false;
  location.reload();
}

/** Goes to a place of the server's, knowingly: what is in memory is gone then. */
export function leaveFor(place: string): void {
  asked = false;
  location.assign(place);
}
