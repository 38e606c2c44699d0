import type { Authority } from '@perennial/transport-security';

export interface User {
  name: string;
  password: string;
}

export interface BrokerPorts {
  saslSsl: number;
  saslPlaintext: number;
  mutualTls: number;
  controller: number;
}

const plainLogin = (own: User | undefined, users: readonly User[]) =>
  [
    'org.apache.kafka.common.security.plain.PlainLoginModule required',
    ...(own ? [`username="${own.name}"`, `password="${own.password}"`] : []),
    ...users.map(({ name, password }) => `user_${name}="${password}"`),
  ].join(' ') + ';';

const scramLogin = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';

/**
 * One broker with a listener per way in: SASL_SSL (SCRAM and PLAIN), SASL_PLAINTEXT (PLAIN only) and SSL with a client
 * certificate. Nobody may do anything without an ACL, save `broker`, whom broker and controller are to each other.
 */
export function brokerProperties(ports: BrokerPorts, broker: User, users: readonly User[], tls: Authority): string {
  const listeners = {
    SASL_SSL: ports.saslSsl,
    SASL_PLAINTEXT: ports.saslPlaintext,
    MTLS: ports.mutualTls,
  };
  const at = Object.entries(listeners).map(([name, port]) => `${name}://127.0.0.1:${port}`);
  const login = plainLogin(broker, [broker, ...users]);
  const settings: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
    listeners: [...at, `CONTROLLER://127.0.0.1:${ports.controller}`].join(','),
    'advertised.listeners': at.join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'SASL_PLAINTEXT',
    'listener.security.protocol.map':
      'SASL_SSL:SASL_SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,MTLS:SSL,CONTROLLER:SASL_PLAINTEXT',
    'sasl.mechanism.inter.broker.protocol': 'PLAIN',
    'sasl.mechanism.controller.protocol': 'PLAIN',
    'sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.sasl_ssl.sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    'listener.name.sasl_ssl.plain.sasl.jaas.config': login,
    'listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config': scramLogin,
    'listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config': scramLogin,
    'listener.name.sasl_plaintext.plain.sasl.jaas.config': login,
    'listener.name.controller.sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.controller.plain.sasl.jaas.config': login,
    'listener.name.mtls.ssl.client.auth': 'required',
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': tls.server.bothFile,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': tls.caFile,
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': `User:${broker.name}`,
    'allow.everyone.if.no.acl.found': false,
    'log.dirs': 'data',
    'auto.create.topics.enable': false,
    'offsets.topic.num.partitions': 1,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    // A client that fails to authenticate is told at once.
    'connection.failed.authentication.delay.ms': 0,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${String(value)}\n`)
    .join('');
}
