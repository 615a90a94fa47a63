import { afterAll, beforeAll, describe } from 'vitest';
import { EmbeddedBroker } from '@headrace/broker';
import { allScenarios } from './scenarios/all.ts';

describe('The embedded broker', () => {
  const broker = new EmbeddedBroker();
  beforeAll(() => broker.listen());
  afterAll(() => broker.close());
  allScenarios(() => broker);
});
