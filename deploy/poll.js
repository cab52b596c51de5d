/**
 * Repeats a call until what it started has finished.
 *
 * @param {number} timeoutMs
 * @param {() => Promise<boolean>} isDone
 * @returns {Promise<boolean>} whether it was done in time
 */
export async function poll(timeoutMs, isDone) {
  const deadline = Date.now() + timeoutMs;
  let delayMs = 250;
  while (!(await isDone())) {
    if (Date.now() + delayMs > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    delayMs = Math.min(delayMs * 2, 5000);
  }
  return true;
}
