/**
 * Set by `npm run test:thorough` and by every check of a change: runs each fault with a queue too, and more random inputs. What
 * takes minutes and seldom tells more is left out otherwise, so that `npm test` stays something one runs.
 */
export const THOROUGH = process.env.THOROUGH_TESTS === "true";
