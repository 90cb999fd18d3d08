/**
 * Files may be dropped anywhere on the page, which has the class `over` meanwhile. Marked text that is dragged along goes
 * its own way.
 *
 * @param {(first: File, others: number) => void} take
 */
export function takeDrops(take) {
  // Of the elements entered and not yet left.
  let depth = 0;
  const over = (/** @type {number} */ change) => {
    depth += change;
    document.body.classList.toggle('over', depth > 0);
  };
  /** @param {DragEvent} event */
  const ofFile = ({ dataTransfer }) => dataTransfer?.types.includes('Files');
  document.addEventListener('dragenter', (event) => ofFile(event) && over(1));
  document.addEventListener('dragleave', (event) => ofFile(event) && over(-1));
  document.addEventListener('dragover', (event) => ofFile(event) && event.preventDefault());
  document.addEventListener('drop', (event) => {
    if (!ofFile(event)) return;
    event.preventDefault();
    over(-depth);
    const [first, ...others] = event.dataTransfer?.files ?? [];
    if (first) take(first, others.length);
  });
}
