/** The files of the example that `init` writes, by their path. */
export const exampleFiles: Readonly<Record<string, string>> = {
  'topology.json': `{
  "$schema": "./topology.schema.json",
  "headrace": 1,
  "name": "orders",
  "parameters": {
    // Orders below this amount are left out: --set minAmount=10
    "minAmount": { "type": "double", "default": 0.0 }
  },
  "sources": {
    "orders": {
      "type": "file",
      "path": "./data/orders.ndjson",
      "value": { "codec": "json", "schema": "./schemas/order.avsc" }
    }
  },
  "operators": {
    "paid": { "type": "filter", "input": "orders", "where": "status == 'PAID' && amount >= params.minAmount" },
    "priced": { "type": "map", "input": "paid", "set": { "total": "amount * double(quantity)" } }
  },
  "sinks": {
    "out": { "type": "stdout", "input": "priced", "value": "json" }
  }
}
`,
  'topology.test.json': `{
  "$schema": "./test.schema.json",
  "topology": "./topology.json",
  "cases": [
    {
      "name": "a paid order gets its total",
      "steps": [
        { "send": { "to": "orders", "value": { "id": "o-1", "status": "PAID", "amount": 10.5, "quantity": 2 } } },
        {
          "expect": {
            "from": "out",
            "records": [{ "value": { "id": "o-1", "status": "PAID", "amount": 10.5, "quantity": 2, "total": 21 } }]
          }
        }
      ]
    },
    {
      "name": "an order that is not paid is left out",
      "steps": [
        { "send": { "to": "orders", "value": { "id": "o-2", "status": "NEW", "amount": 1, "quantity": 1 } } },
        { "expect": { "from": "out", "none": true } },
        { "expectDropped": { "node": "paid", "reason": "dropped", "count": 1 } }
      ]
    }
  ]
}
`,
  'schemas/order.avsc': `{
  "type": "record",
  "name": "Order",
  "fields": [
    { "name": "id", "type": "string" },
    { "name": "status", "type": { "type": "enum", "name": "Status", "symbols": ["NEW", "PAID", "CANCELLED"] } },
    { "name": "amount", "type": "double" },
    { "name": "quantity", "type": "int" }
  ]
}
`,
  'data/orders.ndjson': `{"id":"o-1","status":"PAID","amount":10.5,"quantity":2}
{"id":"o-2","status":"NEW","amount":99.0,"quantity":1}
{"id":"o-3","status":"PAID","amount":3.25,"quantity":4}
`,
  'README.md': `# Orders

Reads orders from a file, keeps those that are paid, adds their total, and prints them.

- \`topology.json\` is what runs. Editors complete it by \`topology.schema.json\`.
- \`topology.test.json\` are its tests. Editors complete them by \`test.schema.json\`.
- \`schemas\` holds the Avro schemas, \`data\` the records.
`,
};
