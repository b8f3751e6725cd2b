// The access cookie lasts five minutes: what is refused for that is asked once more after a renewal.
const RENEW = "/identity/renew";

const renew = async () => (await fetch(RENEW, { method: "POST", redirect: "manual" })).status;

export async function renewed() {
  return (await renew()) === 204;
}

// As fetch; without a sign-in the page goes to where one signs in, and comes back. While identity is away it
// stays where it is.
export async function ask(address, options = {}) {
  const answer = await fetch(address, options);
  if (answer.status !== 401 || !answer.headers.has("Jiujin-Renew")) return answer;
  const status = await renew();
  if (status === 204) return fetch(address, options);
  if (status >= 500) return answer;
  location.assign(`${RENEW}?next=${encodeURIComponent(location.pathname + location.search)}`);
  return answer;
}
