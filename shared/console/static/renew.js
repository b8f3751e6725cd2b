// The access cookie lasts five minutes: what is refused for that is asked once more after a renewal.
const RENEW = "/identity/renew";

export async function renewed() {
  return (await fetch(RENEW, { method: "POST", redirect: "manual" })).status === 204;
}

// As fetch; without a sign-in the page goes to where one signs in, and comes back.
export async function ask(address, options = {}) {
  const answer = await fetch(address, options);
  if (answer.status !== 401 || !answer.headers.has("Jiujin-Renew")) return answer;
  if (await renewed()) return fetch(address, options);
  location.assign(`${RENEW}?next=${encodeURIComponent(location.pathname + location.search)}`);
  return answer;
}
