// Keeps what a demo has loaded, so that its page opens without a network. What the site has now goes before.

const KEPT = "demos";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  const keep = async () => {
    const cache = await caches.open(KEPT);
    const own = event.data.filter((address) => address.startsWith(self.registration.scope));
    await Promise.all(own.map(async (address) => {
      const answer = await fetch(address);
      if (answer.ok) await cache.put(address, answer);
    }));
    event.ports[0].postMessage("kept");
  };
  event.waitUntil(keep());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(self.registration.scope)) return;
  const kept = async (error) => {
    const answer = await caches.match(request, { ignoreSearch: true });
    if (!answer) throw error;
    return answer;
  };
  event.respondWith(fetch(request).catch(kept));
});
