export type { BrokerClock } from './clock/broker-clock.ts';
export { systemClock } from './clock/system-clock.ts';
export type { BrokerSettings } from './cluster/broker-settings.ts';
export type { Faults, RequestFault, ResponseFault, SeenRequest, SeenResponse } from './control/faults.ts';
export { brokerBanner, EmbeddedBroker, type BrokerOptions, type ListenOptions } from './embedded-broker.ts';
export { DataDirectoryError } from './storage/data-directory-error.ts';
export type { ProcessConnectionsOptions } from './server/process-connections.ts';
