/** The copy of the trail that ClickHouse searches: what can be narrowed by and looked for, and no event. */
import { define } from '@/lib/infra/clickhouse';

/** Another form of the copy has another name, and is fed anew. */
export const EVENTS = 'countersign_events_2';
export const STEPS = 'countersign_steps_2';

/**
 * A row is told apart by its workspace and index, and as an event's time never changes, by the
 * sorting key too: one that is inserted again replaces itself. '' and -1 stand for what an
 * event has not. `words` holds each word once, and the keyed hashes that PostgreSQL's index has
 * of protected ones; `said` the words in their order, for phrases and beginnings.
 */
const TABLES = [
  `CREATE TABLE IF NOT EXISTS ${EVENTS} (
    workspace_id   String,
    idx            UInt64,
    time           DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    type           LowCardinality(String),
    actor_id       String,
    on_behalf_of   String,
    agent_id       String,
    session_id     String,
    action_id      String,
    action_type    String,
    outcome        LowCardinality(String),
    tier           Int16,
    classification LowCardinality(String),
    words          Array(String) CODEC(ZSTD),
    said           String CODEC(ZSTD),
    INDEX by_word words TYPE text(tokenizer = 'array'),
    INDEX by_session session_id TYPE bloom_filter GRANULARITY 1,
    INDEX by_action action_id TYPE bloom_filter GRANULARITY 1
  ) ENGINE = ReplacingMergeTree PARTITION BY toYYYYMM(time) ORDER BY (workspace_id, time, idx)`,
  // How far the copy of a workspace has come: a row with '' has the index of the next event,
  // every other one says that a removal of the trail's was carried out here.
  `CREATE TABLE IF NOT EXISTS ${STEPS} (
    workspace_id String,
    removal      String,
    position     UInt64
  ) ENGINE = ReplacingMergeTree(position) ORDER BY (workspace_id, removal)`,
];

export async function prepareTables(): Promise<void> {
  for (const statement of TABLES) await define(statement);
}
