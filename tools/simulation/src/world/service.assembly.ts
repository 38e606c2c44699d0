import 'reflect-metadata';

type Token = unknown;
interface OptionalToken {
  token: Token;
  optional: true;
}
type Constructor = new (...parameters: unknown[]) => object;

interface FactoryProvider {
  provide: Token;
  inject?: (Token | OptionalToken)[];
  useFactory?: (...parameters: unknown[]) => unknown;
  useValue?: unknown;
  useClass?: Constructor;
}

type Provider = FactoryProvider | Constructor;

/** Made instead of the service's own provider, with the means to resolve others. */
export type Replacement = (resolve: (token: Token) => Promise<unknown>) => unknown;

/** Changes a provider of the service after it was made: where a port leads out of the simulation. */
export type Adaptation = (instance: never, resolve: (name: string) => unknown) => void;

export interface AssemblyChanges {
  /** By the provider's name: a class's name or a symbol's description. */
  replaced?: Record<string, Replacement>;
  adapted?: Record<string, Adaptation>;
}

export interface EventHandler {
  type: string;
  handle: (event: never, context: never) => Promise<unknown>;
}

const nameOf = (token: Token): string =>
  typeof token === 'function' ? token.name : typeof token === 'symbol' ? (token.description ?? '') : String(token);

/**
 * The objects of a service as its own Nest module declares them: same providers, same wiring, no HTTP server. Reads the
 * metadata that Nest's decorators leave.
 */
export class ServiceAssembly {
  private readonly instances = new Map<Token, unknown>();
  private readonly providers = new Map<Token, Provider>();

  private constructor(
    private readonly module: Constructor,
    values: ReadonlyMap<Token, unknown>,
    private readonly changes: AssemblyChanges,
  ) {
    for (const [token, value] of values) this.instances.set(token, value);
    for (const provider of metadata<Provider[]>(module, 'providers') ?? []) {
      this.providers.set(typeof provider === 'function' ? provider : provider.provide, provider);
    }
    for (const controller of metadata<Constructor[]>(module, 'controllers') ?? []) {
      this.providers.set(controller, controller);
    }
    this.providers.set(module, module);
  }

  static async of(
    module: Constructor,
    values: ReadonlyMap<Token, unknown>,
    changes: AssemblyChanges,
  ): Promise<ServiceAssembly> {
    const assembly = new ServiceAssembly(module, values, changes);
    for (const token of assembly.providers.keys()) await assembly.resolve(token);
    return assembly;
  }

  /** Throws RangeError for a name that the module does not provide. */
  get<T>(name: string): T {
    for (const [token, instance] of this.instances) if (nameOf(token) === name) return instance as T;
    throw new RangeError(`${this.module.name} provides no ${name}`);
  }

  /** Methods that a decorator made handlers of events. */
  handlers(): EventHandler[] {
    const controllers = metadata<Constructor[]>(this.module, 'controllers') ?? [];
    return controllers.flatMap((controller) => {
      const instance = this.instances.get(controller) as Record<string, (...parameters: unknown[]) => Promise<unknown>>;
      return Object.getOwnPropertyNames(controller.prototype).flatMap((method) => {
        const [type] = (Reflect.getMetadata('microservices:pattern', controller.prototype[method]) ?? []) as string[];
        const handle = (event: never, context: never) => instance[method]?.(event, context) as Promise<unknown>;
        return type === undefined ? [] : [{ type, handle }];
      });
    });
  }

  /** Calls a lifecycle hook of everything that has it, the module last. */
  async hook(name: 'onModuleInit' | 'onApplicationBootstrap'): Promise<void> {
    for (const token of this.providers.keys()) {
      const instance = this.instances.get(token) as Record<string, unknown> | undefined;
      const method = instance?.[name];
      if (typeof method === 'function') await method.call(instance);
    }
  }

  private async resolve(token: Token): Promise<unknown> {
    if (this.instances.has(token)) return this.instances.get(token);
    const provider = this.providers.get(token);
    if (!provider) throw new RangeError(`${this.module.name} needs ${nameOf(token)}, which nothing provides`);
    const name = nameOf(token);
    const replacement = this.changes.replaced?.[name];
    const instance = replacement ? await replacement((other) => this.resolve(other)) : await this.make(provider);
    this.changes.adapted?.[name]?.(instance as never, (other) => this.get(other));
    this.instances.set(token, instance);
    return instance;
  }

  private async make(provider: Provider): Promise<unknown> {
    if (typeof provider === 'function') return this.construct(provider);
    if (provider.useClass) return this.construct(provider.useClass);
    if (!provider.useFactory) return provider.useValue;
    return provider.useFactory(...(await this.all(provider.inject ?? [])));
  }

  private async construct(type: Constructor): Promise<object> {
    const injected = metadata<{ index: number; param: Token }[]>(type, 'self:paramtypes') ?? [];
    const tokens = [...injected].sort((a, b) => a.index - b.index).map(({ param }) => param);
    return new type(...(await this.all(tokens)));
  }

  private async all(tokens: readonly (Token | OptionalToken)[]): Promise<unknown[]> {
    const resolved: unknown[] = [];
    for (const each of tokens) {
      const token = isOptional(each) ? each.token : each;
      const absent = isOptional(each) && !this.instances.has(token) && !this.providers.has(token);
      resolved.push(absent ? undefined : await this.resolve(token));
    }
    return resolved;
  }
}

const isOptional = (token: Token | OptionalToken): token is OptionalToken =>
  typeof token === 'object' && token !== null && 'optional' in token;

const metadata = <T>(target: object, key: string): T | undefined => Reflect.getMetadata(key, target) as T | undefined;
