/** Asks the console's own server. @throws Error with the server's sentence */
export async function ask(path, { method = "GET", body, signal } = {}) {
  const response = await fetch(path, {
    method,
    signal,
    ...(body && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

export const imagePath = (imageId) => `/api/images/${encodeURIComponent(imageId)}`;
