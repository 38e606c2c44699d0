import type { Pipeline } from '@perennial/pipeline';
import { ServiceError } from '@perennial/service';
import { type EntityIndex, entityDigest, entityIndexOf } from '../domain/entity.index';
import { type AskedFeature, type OnlineAnswer, onlineAnswer, viewVersions } from '../domain/online.answer';
import type { OnlineRow } from '../domain/online.row';
import type { OnlineStore } from './ports';

type Entities = Readonly<Record<string, readonly unknown[]>>;

export interface OnlineRequest {
  /** A service is a pipeline by its name; references are VIEW:FEATURE. */
  asked: { service: string } | { references: readonly string[] };
  /** Values of each part of the key, as many as there are rows. */
  entities: Entities;
  /** Whether features are called VIEW__FEATURE. */
  fullNames: boolean;
  /** Whether the versions of the views are told. */
  versions: boolean;
}

interface Chosen {
  index: EntityIndex;
  feature: string;
}

/** Looks up the newest rows of entities. `online` is null where no pipeline asks for any. */
export class ReadOnline {
  private readonly indexes: ReadonlyMap<string, EntityIndex>;

  constructor(
    pipelines: Iterable<Pipeline>,
    private readonly online: OnlineStore | null,
    private readonly isComplete: () => boolean,
  ) {
    const found = [...pipelines].map((pipeline) => [pipeline.name, entityIndexOf(pipeline)] as const);
    this.indexes = new Map(found.filter((entry): entry is [string, EntityIndex] => entry[1] !== null));
  }

  /** 404: service, view or feature; 400: an entity that is not given; 503: not all rows are there yet. */
  run({ asked, entities, fullNames, versions }: OnlineRequest): OnlineAnswer {
    const chosen = 'service' in asked ? this.ofService(asked.service) : this.ofReferences(asked.references, entities);
    if (!this.isComplete()) throw incomplete();
    const rows = new Map<EntityIndex, (OnlineRow | undefined)[]>();
    const features = chosen.map(({ index, feature }): AskedFeature => {
      const found = rows.get(index) ?? this.rowsOf(index, entities);
      rows.set(index, found);
      const name = fullNames ? `${index.view}__${feature}` : feature;
      return { name, view: index.view, rows: found, places: this.placesOf(index, feature) };
    });
    const answer = onlineAnswer(entities, features);
    if (versions) answer.metadata.feature_view_metadata = viewVersions(features);
    return answer;
  }

  /** All features of the newest version of the pipeline's view, but for its keys, which are answered as such. */
  private ofService(service: string): Chosen[] {
    const index = this.indexes.get(service);
    if (!index) throw unknown('feature_service', service, `must be one of ${[...this.indexes.keys()].join(', ')}`);
    const schemas = [...this.schemasOf(index)];
    const newest = schemas.sort(([a], [b]) => b - a)[0]?.[1] ?? [];
    return newest.filter((name) => !index.entities.includes(name)).map((feature) => ({ index, feature }));
  }

  private ofReferences(references: readonly string[], entities: Entities): Chosen[] {
    return references.map((reference) => {
      const [view = '', feature = ''] = reference.split(':');
      const index = this.indexOf(view, entities);
      const schemas = [...this.schemasOf(index).values()];
      // Nothing is known before the first day: everything is not found then.
      if (schemas.length === 0 || schemas.some((names) => names.includes(feature))) return { index, feature };
      throw unknown('features', reference, `must name a feature of ${view}`);
    });
  }

  /** The one of the view whose whole key is given; of several the longest. */
  private indexOf(view: string, entities: Entities): EntityIndex {
    const indexes = [...this.indexes.values()].filter((index) => index.view === view);
    if (indexes.length === 0) {
      const views = new Set([...this.indexes.values()].map((index) => index.view));
      throw unknown('features', view, `must be a view that a pipeline looks up: ${[...views].join(', ')}`);
    }
    const fitting = indexes.filter((index) => index.entities.every((name) => Object.hasOwn(entities, name)));
    const [best] = fitting.sort((a, b) => b.entities.length - a.entities.length);
    return best ?? refuseEntities(indexes[0] as EntityIndex, entities);
  }

  private rowsOf(index: EntityIndex, entities: Entities): (OnlineRow | undefined)[] {
    const parts = index.entities.map((name) => entities[name] ?? refuseEntities(index, entities));
    return (parts[0] ?? []).map((_, row) => {
      const digest = entityDigest(
        index,
        parts.map((values) => values[row]),
      );
      return digest ? this.online?.get(digest) : undefined;
    });
  }

  /** Version → the feature's place among the values of its rows. */
  private placesOf(index: EntityIndex, feature: string): ReadonlyMap<number, number> {
    const places = [...this.schemasOf(index)].map(([version, names]) => [version, names.indexOf(feature)] as const);
    return new Map(places.filter(([, place]) => place >= 0));
  }

  private schemasOf({ view }: EntityIndex): ReadonlyMap<number, readonly string[]> {
    return this.online?.schemasOf(view) ?? new Map();
  }
}

function incomplete(): ServiceError {
  const message = 'The rows of entities are still being read';
  return new ServiceError('ROWS_INCOMPLETE', 503, message, {}, { retryable: true });
}

function unknown(field: string, value: string, rule: string): ServiceError {
  return new ServiceError('UNKNOWN_FEATURE', 404, `${field} ${value}: ${rule}`, { field, value, rule });
}

function refuseEntities({ view, entities }: EntityIndex, given: Entities): never {
  const rule = `must have ${entities.join(', ')}, by which rows of ${view} are found`;
  const value = Object.keys(given);
  throw new ServiceError('MISSING_ENTITY', 400, `entities ${rule}; got ${value.join(', ')}`, {
    ...{ field: 'entities', value, rule },
  });
}
