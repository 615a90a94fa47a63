import {
  assert,
  avro,
  branch,
  csv,
  defineTopology,
  dropSink,
  file,
  fileSink,
  filter,
  flatMap,
  generate,
  json,
  keyBy,
  lookup,
  map,
  parse,
  peek,
  process,
  rx,
  sample,
  stdin,
  stdoutSink,
  throttle,
} from '@headrace/core';
import { kafka, kafkaSink } from '@headrace/kafka/components';

interface Order {
  readonly orderId: string;
  readonly customerId: string;
  readonly status: 'NEW' | 'PAID';
  readonly country: string | null;
  readonly amount: number;
  readonly quantity: number;
  readonly tags: readonly string[];
  readonly placedAt: number;
}

interface Row {
  readonly id: string;
  readonly n: number;
  readonly at: number;
}

/** Every component and nearly every option, in TypeScript; topology.json is the same in JSON. */
export default defineTopology(
  'everything',
  {
    group: 'everything-group',
    renamedFrom: 'nothing',
    parameters: {
      brokers: { type: 'strings', env: 'KAFKA_BROKERS', default: ['localhost:9092'] },
      password: { type: 'secret', file: './none/password' },
      least: { type: 'double', default: 0 },
      topic: { type: 'string', default: 'orders' },
      wait: { type: 'duration', default: '2s' },
      perSecond: { type: 'double', default: 1000 },
    },
    clusters: {
      main: {
        brokers: { $param: 'brokers' },
        tls: { servername: 'kafka' },
        sasl: { mechanism: 'scram-sha-512', username: 'etl', password: { $param: 'password' } },
      },
    },
    run: {
      guarantee: 'best-effort',
      commitInterval: '1s',
      onError: { decode: 'deadLetter', process: 'skip' },
      deadLetter: { sink: 'letters' },
      memory: '256MiB',
      drainTimeout: '20s',
      nodeTimeout: '10s',
      stateDirectory: './state',
      cluster: 'main',
    },
  },
  ({ source, sink, param, cel }) => {
    const orders = source(
      'orders',
      kafka({
        topic: param('topic'),
        key: { codec: 'string', equals: 'customerId' },
        value: avro<Order>('./schemas/order.avsc'),
        timestamp: 'placedAt',
        start: 'latest',
        tombstones: true,
        cluster: 'main',
        onError: { decode: 'fail' },
        renamedFrom: 'old_orders',
      }),
    );
    const clicks = source('clicks', kafka({ topics: ['clicks', 'views'], value: 'json' }));
    const files = source(
      'files',
      file({
        path: ['./in/*.csv', './more/*.csv'],
        value: csv<Row>('./schemas/row.avsc', { delimiter: ';' }),
        keyBy: 'id',
        timestamp: 'at',
        parallel: true,
        maxLine: '1MiB',
        header: false,
      }),
    );
    const lines = source(
      'lines',
      stdin({ value: json<Order>('./schemas/order.avsc', { unknown: 'error' }), keyBy: 'customerId' }),
    );
    const made = source(
      'made',
      generate<{ readonly id: string; readonly n: number }>({
        rate: 10,
        count: 100,
        select: { id: "'order-' + string(index)", n: 'index' },
      }),
    );
    const random = source('random', generate<Row>({ seed: 7, schema: './schemas/row.avsc' }));
    // Nobody reads it, which is a finding of its call.
    source('unread', generate({ count: 1, select: { n: 'index' } }));

    const priced = orders.pipe(
      filter('paid', ["status == 'PAID'", '&& amount > params.least'], { onError: { process: 'deadLetter' } }),
      filter('large', cel('./rules/large.cel')),
      filter('scored', { $use: './rules/rules.ts#isLarge', returns: 'boolean' }),
      map('priced', {
        let: { gross: 'amount * 1.19' },
        rename: { buyer: 'customerId' },
        set: { total: 'gross * double(quantity)', price: { net: 'amount', gross: 'gross' } },
        remove: ['tags'],
        types: { total: 'float' },
        keyBy: 'country',
        headers: { country: "coalesce(country, 'ZZ')" },
        timestamp: "placedAt + duration('1s')",
      }),
    );
    const some = orders.pipe(map('some', { select: ['orderId', 'amount'] }));
    const whole = orders.pipe(map('whole', { output: './schemas/row.avsc' }, { $use: './rules/rules.ts#row' }));
    const tags = orders.pipe(flatMap('tags', 'tags', { as: 'tag', index: 'n', set: { tag: 'tag', number: 'n' } }));
    const region = priced.pipe(
      branch(
        'region',
        [
          { port: 'eu', where: "country in ['DE', 'FR']" },
          { port: 'us', where: "country == 'US'" },
        ],
        { match: 'all' },
      ),
    );
    tags
      .pipe(keyBy('byTwo', ['country', 'customerId']))
      .to('new', kafkaSink({ topic: 'new', keyBy: 'orderId', key: 'string', value: 'avro', schemaName: 'Tagged' }));
    region
      .port('eu')
      .merge([region.port('us')])
      .pipe(keyBy('byOne', { where: 'country', price: { net: 'price.net' } }))
      .to(
        'keyed',
        kafkaSink({
          topic: 'keyed',
          key: 'json',
          value: json(undefined, { timestamps: 'iso' }),
          headers: { from: "'everything'" },
          timestamp: 'record.timestamp',
          compression: 'gzip',
          batch: { records: 100, bytes: '64kB', delay: '5ms' },
          retry: { attempts: 5, for: '1m', delay: '1s', maxDelay: '5s' },
          onError: { deliver: 'fail' },
          renamedFrom: 'by_key',
        }),
      );
    region.port('unmatched').to('elsewhere', dropSink());

    orders
      .port('error')
      .pipe(
        parse('parsed', { of: 'string(value)', pattern: '^(?<head>[^,]+),(?<rest>.*)$', select: { head: 'm.head' } }),
      )
      .to('heads', stdoutSink());
    random
      .pipe(parse('read', { of: 'id', format: 'csv', select: { first: 'm[0]' }, types: { first: 'string' } }))
      .to('shownAll', stdoutSink({ value: 'json' }));
    files
      .pipe(
        assert('sound', { 'has an id': "id != ''", counts: 'n >= 0' }),
        peek('shown', { log: 'debug' }),
        peek('watched', { $use: './rules/rules.ts#watch' }),
        sample('tenth', { rate: 0.1, by: 'id' }),
      )
      .to('few', dropSink());
    made
      .pipe(
        sample('second', { every: 2 }),
        throttle('slow', { perSecond: param('perSecond') }),
        throttle('capped', { perSecond: 10, over: 'drop', by: 'id' }),
      )
      .to('rest', dropSink());
    lines
      .pipe(
        lookup('placed', {
          http: {
            url: "'http://localhost/' + customerId",
            method: 'POST',
            query: { q: 'country' },
            headers: { accept: "'application/json'" },
            body: 'orderId',
          },
          as: 'place',
          returns: ['null', 'string'],
          concurrency: 5,
          timeout: param('wait'),
          retry: { attempts: 3, for: '30s', delay: '100ms', maxDelay: '1s' },
          ordered: false,
          cache: { ttl: '10m', max: 1000, by: 'customerId' },
          fallback: 'null',
        }),
        lookup('asked', { as: 'answer', returns: 'double' }, { $use: './rules/rules.ts#ask' }),
      )
      .to('answers', dropSink());
    const alerts = clicks.pipe(
      process(
        'alerts',
        { output: 'string', ports: { audit: './schemas/row.avsc' } },
        { $use: './rules/rules.ts#detect' },
      ),
    );
    alerts.port('audit').to('audit', dropSink());
    alerts.to('alarms', dropSink());
    const grouped = some.pipe(rx('grouped', { $use: './rules/rules.ts#grouped' }, { output: './schemas/row.avsc' }));
    whole
      .merge([grouped])
      .to(
        'rows',
        fileSink({ path: './out/rows.csv', roll: { every: '1h', size: '64MB', records: 1000 }, required: false }),
      );
    sink('letters', fileSink({ path: './out/letters.txt', value: 'bytes' }));
  },
);
