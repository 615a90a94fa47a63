export type Choice = null | { long: bigint } | { map: { [key: string]: Tree } };

export interface Tree {
  label: string;
  children: Tree[];
}
