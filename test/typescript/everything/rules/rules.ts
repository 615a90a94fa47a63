export const isLarge = (order: { readonly amount: number }) => order.amount > 100;
export const row = ({ orderId }: { readonly orderId: string }) => ({ id: orderId, n: 1, at: 0 });
export const watch = () => {};
export const ask = () => Promise.resolve(1);
export const detect = () => {};
export const grouped =
  () =>
  <T>(batches: T) =>
    batches;
