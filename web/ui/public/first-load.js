// What of the page did not arrive is asked for once more, with the page itself: a network that changes for a moment (a
// laptop that moves, a container that begins on the same machine) breaks off what is under way, and a script that failed
// is never asked for again by itself. Until the page is drawn; afterwards its parts say for themselves what failed.
(() => {
  const key = 'tenantry-first-load';
  const waits = [300, 1_000, 3_000, 10_000];
  const tried = () => Number(sessionStorage.getItem(key) ?? 0);
  const place = () => document.getElementById('page');
  let again = false;
  addEventListener(
    'error',
    ({ target }) => {
      const part = target instanceof HTMLScriptElement || target instanceof HTMLLinkElement;
      if (!part || again || place()?.hasChildNodes()) return;
      again = true;
      const wait = waits[tried()];
      if (wait === undefined) {
        sessionStorage.removeItem(key);
        document.body.append('The page could not be loaded. Look at the connection, and load it again.');
        return;
      }
      sessionStorage.setItem(key, String(tried() + 1));
      setTimeout(() => location.reload(), wait);
    },
    true,
  );
  addEventListener('load', () => {
    if (!again) sessionStorage.removeItem(key);
  });
})();
