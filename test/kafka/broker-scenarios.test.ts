import { allScenarios } from '../broker/scenarios/all.ts';
import { describeKafka } from './require-kafka.ts';

describeKafka('Apache Kafka, where the scenarios of the embedded broker hold as well', (bootstrap) => {
  allScenarios(() => ({ bootstrap }));
});
