
CREATE TABLE public.accounts (
    id text NOT NULL,
    tenant_id text NOT NULL,
    kind text NOT NULL,
    username text NOT NULL,
    display_name text NOT NULL,
    password_hash text NOT NULL,
    role text,
    role_scope text NOT NULL,
    created_at bigint NOT NULL,
    password_changed_at bigint NOT NULL,
    password_one_time bigint DEFAULT 0 NOT NULL,
    last_sign_in_at bigint,
    disabled_at bigint,
    failures bigint DEFAULT 0 NOT NULL,
    locked_until bigint
);

CREATE TABLE public.api_tokens (
    id text NOT NULL,
    tenant_id text NOT NULL,
    name text NOT NULL,
    token_hash text NOT NULL,
    role text NOT NULL,
    scopes text NOT NULL,
    created_by text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint,
    last_used_at bigint,
    last_used_ip text,
    revoked_at bigint
);

CREATE TABLE public.audit_entries (
    seq bigint NOT NULL,
    tenant_id text NOT NULL,
    at bigint NOT NULL,
    actor_kind text NOT NULL,
    actor_id text,
    actor_name text NOT NULL,
    ip text,
    action text NOT NULL,
    target_kind text NOT NULL,
    target_id text NOT NULL,
    target_name text NOT NULL,
    before_json text,
    after_json text,
    reason text,
    hash text NOT NULL
);

CREATE TABLE public.audit_head (
    id bigint NOT NULL,
    seq bigint NOT NULL,
    hash text NOT NULL
);

CREATE TABLE public.batches (
    id text NOT NULL,
    tenant_id text NOT NULL,
    plan_id text NOT NULL,
    name text NOT NULL,
    source text NOT NULL,
    prefix text NOT NULL,
    key_count bigint NOT NULL,
    created_by text NOT NULL,
    created_at bigint NOT NULL
);

CREATE TABLE public.bindings (
    license_id text NOT NULL,
    machine_code text NOT NULL COLLATE pg_catalog."C",
    tenant_id text NOT NULL,
    created_at bigint NOT NULL,
    ip text
);

CREATE TABLE public.idempotency_keys (
    tenant_id text NOT NULL,
    caller text NOT NULL,
    key text NOT NULL,
    request_hash text NOT NULL,
    created_at bigint NOT NULL,
    status bigint NOT NULL,
    body text NOT NULL
);

CREATE TABLE public.job_runs (
    id text NOT NULL,
    name text NOT NULL,
    started_at bigint NOT NULL,
    duration_ms bigint NOT NULL,
    succeeded bigint NOT NULL,
    message text NOT NULL
);

CREATE TABLE public.job_states (
    name text NOT NULL,
    cron text,
    claimed_for bigint NOT NULL,
    started_at bigint,
    finished_at bigint,
    succeeded bigint,
    message text,
    running_until bigint
);

CREATE TABLE public.license_events (
    license_id text NOT NULL,
    id text NOT NULL,
    tenant_id text NOT NULL,
    at bigint NOT NULL,
    kind text NOT NULL,
    actor text NOT NULL,
    ip text,
    detail text NOT NULL
);

CREATE TABLE public.licenses (
    id text NOT NULL,
    tenant_id text NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    prefix text NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    plan_id text NOT NULL,
    batch_id text NOT NULL,
    state text NOT NULL,
    created_at bigint NOT NULL,
    used_at bigint,
    expire_at bigint,
    note text DEFAULT ''::text NOT NULL
);

CREATE TABLE public.plans (
    id text NOT NULL,
    tenant_id text NOT NULL,
    product_id text NOT NULL,
    name text NOT NULL,
    duration_seconds bigint,
    price bigint NOT NULL,
    currency text NOT NULL,
    machine_limit bigint NOT NULL,
    prefix text NOT NULL,
    offline_grace_seconds bigint NOT NULL,
    entitlements text NOT NULL,
    notes text NOT NULL,
    enabled bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    retired_at bigint
);

CREATE TABLE public.products (
    id text NOT NULL,
    tenant_id text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    created_at bigint NOT NULL
);

CREATE TABLE public.schema_version (
    version bigint NOT NULL,
    name text NOT NULL,
    applied_at bigint NOT NULL
);

CREATE TABLE public.security_events (
    id text NOT NULL,
    tenant_id text NOT NULL,
    at bigint NOT NULL,
    kind text NOT NULL,
    severity text NOT NULL,
    ip text,
    subject text NOT NULL,
    detail text NOT NULL
);

CREATE TABLE public.sessions (
    id_hash text NOT NULL,
    tenant_id text NOT NULL,
    account_id text NOT NULL,
    created_at bigint NOT NULL,
    last_seen_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    ip text,
    user_agent text
);

CREATE TABLE public.settings (
    tenant_id text NOT NULL,
    name text NOT NULL,
    value text NOT NULL,
    updated_at bigint NOT NULL
);

CREATE TABLE public.setup_links (
    tenant_id text NOT NULL,
    token_hash text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    used_at bigint
);

CREATE TABLE public.sign_ins (
    id text NOT NULL,
    tenant_id text NOT NULL,
    account_id text,
    username text NOT NULL,
    at bigint NOT NULL,
    outcome text NOT NULL,
    ip text,
    user_agent text
);

CREATE TABLE public.signing_keys (
    id text NOT NULL,
    tenant_id text NOT NULL,
    public_key text NOT NULL,
    sealed_secret text NOT NULL,
    created_at bigint NOT NULL,
    retired_at bigint
);

CREATE TABLE public.tenants (
    id text NOT NULL,
    name text NOT NULL,
    created_at bigint NOT NULL
);

INSERT INTO public.accounts VALUES
	('01a22343-df88-7000-9967-df586ae08245', 'default', 'customer', 'chen.yu@example.com', 'Chen Yu 陈宇', '$argon2id$v=19$m=65536,t=2,p=1$nlbuLVpj1WZhL3fBMWCaNQ$cbvkzepgMSsxAHskpEKYz6C8S7xKndxGmfJZ5OfMg8U', NULL, 'tenant', 1793295978961, 1793295978961, 0, NULL, NULL, 0, NULL),
	('01a22344-174a-7000-913a-9ba5e561135c', 'default', 'staff', 'li', 'li', '$argon2id$v=19$m=65536,t=2,p=1$tcZtgBZ4ZfxgoNZYNKkcuQ$ZjcyID5+fRaCw54ZJqHIjIb+ofOHGz8h3jJXgQ+jgrU', 'operator', 'global', 1795887994711, 1795887994711, 1, NULL, NULL, 0, NULL),
	('01a22344-3297-7000-a0a0-e2738e03c4c7', 'default', 'staff', 'bo', 'bo', '$argon2id$v=19$m=65536,t=2,p=1$NXkR/EJMztYu5+ysdawLSA$VtwDP5+DN34D3lRQ34cd0ZIHLedMrECYi2LqlWOyp24', 'analyst', 'global', 1795888001687, 1795888001687, 1, NULL, NULL, 0, NULL),
	('01a22344-08d6-7000-b760-8b894f659129', 'default', 'staff', 'mia', 'Mia Öz 米娅', '$argon2id$v=19$m=65536,t=2,p=1$a5C40XPDcn36R8Psnwnusg$1w3w+tq9j/bABpyjv4f0f/eVd8FY7mLWXkxABX+cSJs', 'owner', 'global', 1795887991003, 1795887991003, 0, 1795888010730, NULL, 0, NULL);

INSERT INTO public.api_tokens VALUES
	('01a22344-29c4-7000-bd0d-d55531c0421e', 'default', 'report', 'a139c783e24bede53a38537e15c9043ad05368fc13525504fd1d31766600f3aa', 'analyst', 'keys.read statistics.read', 'cli', 1795887999441, 1873647997535, NULL, NULL, NULL),
	('01a22344-1f87-7000-879e-6eb74bc6e86c', 'default', 'golden', '9ba0ee7b255869515762b94a58676473516876addb58d6d010969299fca6935c', 'owner', '', 'cli', 1795887996809, NULL, 1795888000143, '127.0.0.1', NULL),
	('01a22344-3348-7000-836f-9963c9118946', 'default', 'spare', 'ffd70a1871ca90e3ad1b183e8903066a6c3cd9edcf5250288b7f2d411e718c8a', 'operator', '', 'cli', 1795888001872, NULL, NULL, NULL, 1795888001993);

INSERT INTO public.audit_entries VALUES
	(1, 'default', 1793295978961, 'system', NULL, 'demo', NULL, 'customer.created', 'customer', '01a22343-df88-7000-9967-df586ae08245', 'chen.yu@example.com', NULL, NULL, NULL, 'a8421dc6978ee386fe0c3b30d245e64f2fd03a305bac51b2bb9b8941407f4064'),
	(2, 'default', 1793295978961, 'system', NULL, 'demo', NULL, 'plan.created', 'plan', '01a22343-e025-7000-9bde-e74b5e2067f2', 'Basic', NULL, '{"id":"01a22343-e025-7000-9bde-e74b5e2067f2","name":"Basic","product":"Atlas","kind":"software","duration_seconds":10800,"price":100,"currency":"CNY","machine_limit":1,"prefix":"BASIC","offline_grace_seconds":86400,"entitlements":{},"notes":"Three hours to try it.","enabled":true,"in_use":false,"created_at":"2026-10-29T17:46:18.961Z","updated_at":"2026-10-29T17:46:18.961Z","retired_at":null}', NULL, '660a754a8769977232e8b12c35d3674ce89579f1db0747d73e0afca935cd59b5'),
	(3, 'default', 1793295978961, 'system', NULL, 'demo', NULL, 'keys.imported', 'batch', '01a22343-e12c-7000-8d8c-fa358a6f7c6d', 'Samples', NULL, '{"id":"01a22343-e12c-7000-8d8c-fa358a6f7c6d","name":"Samples","plan":"Basic","plan_id":"01a22343-e025-7000-9bde-e74b5e2067f2","source":"imported","prefix":"","count":1,"created_by":"demo","created_at":"2026-10-29T17:46:18.961Z"}', NULL, '8c7290a136af1e59ac9f7dc51d4b7015d5a8572edbd4c998790b98742b1ea093'),
	(4, 'default', 1793295978961, 'system', NULL, 'demo', NULL, 'keys.generated', 'batch', '01a22343-e19b-7000-94e7-35d8bc106555', 'Basic, first print', NULL, '{"id":"01a22343-e19b-7000-94e7-35d8bc106555","name":"Basic, first print","plan":"Basic","plan_id":"01a22343-e025-7000-9bde-e74b5e2067f2","source":"generated","prefix":"BASIC","count":150,"created_by":"demo","created_at":"2026-10-29T17:46:18.961Z"}', NULL, 'e310b24251e6e5eea815c36df16c190ca0bcb10aa38624e32bf3f1eae7acb647'),
	(5, 'default', 1793295978961, 'system', NULL, 'demo', NULL, 'plan.created', 'plan', '01a22343-e21c-7000-b172-2553b3c37581', 'Premium', NULL, '{"id":"01a22343-e21c-7000-b172-2553b3c37581","name":"Premium","product":"Atlas","kind":"software","duration_seconds":2592000,"price":3000,"currency":"CNY","machine_limit":2,"prefix":"PREMIUM","offline_grace_seconds":86400,"entitlements":{"export":true,"projects":20},"notes":"","enabled":true,"in_use":false,"created_at":"2026-10-29T17:46:18.961Z","updated_at":"2026-10-29T17:46:18.961Z","retired_at":null}', NULL, '987338da8c3798dd008d8445d027843d6813f849f8fc84a35285b6dab94d38e2'),
	(6, 'default', 1793295978961, 'system', NULL, 'demo', NULL, 'keys.imported', 'batch', '01a22343-e22c-7000-806a-b9e2ebbb76e7', 'Samples', NULL, '{"id":"01a22343-e22c-7000-806a-b9e2ebbb76e7","name":"Samples","plan":"Premium","plan_id":"01a22343-e21c-7000-b172-2553b3c37581","source":"imported","prefix":"","count":1,"created_by":"demo","created_at":"2026-10-29T17:46:18.961Z"}', NULL, '56ca62a1f99a6c2f2d0d1f7bb189455634a287ce341d7a17e31bc21d0bafc9f1'),
	(7, 'default', 1793295978961, 'system', NULL, 'demo', NULL, 'keys.generated', 'batch', '01a22343-e243-7000-9c15-64fee1087415', 'Premium, first print', NULL, '{"id":"01a22343-e243-7000-9c15-64fee1087415","name":"Premium, first print","plan":"Premium","plan_id":"01a22343-e21c-7000-b172-2553b3c37581","source":"generated","prefix":"PREMIUM","count":100,"created_by":"demo","created_at":"2026-10-29T17:46:18.961Z"}', NULL, '0f8c615a98b4bbf2a9f12322517a8eafecb227bd4f35b8a9b0b106360498f57e'),
	(8, 'default', 1793295978961, 'system', NULL, 'demo', NULL, 'plan.created', 'plan', '01a22343-e267-7000-bc97-6b848fc42a20', 'VIP', NULL, '{"id":"01a22343-e267-7000-bc97-6b848fc42a20","name":"VIP","product":"Atlas","kind":"software","duration_seconds":31536000,"price":29800,"currency":"CNY","machine_limit":3,"prefix":"VIP","offline_grace_seconds":604800,"entitlements":{"export":true,"projects":-1,"support":"priority"},"notes":"","enabled":true,"in_use":false,"created_at":"2026-10-29T17:46:18.961Z","updated_at":"2026-10-29T17:46:18.961Z","retired_at":null}', NULL, '9708632156987e0e805cb096b3b5990f40db079f52955a0d3eec292ecbe3db14'),
	(9, 'default', 1793295978961, 'system', NULL, 'demo', NULL, 'keys.imported', 'batch', '01a22343-e2bf-7000-9b42-02686e70f16f', 'Samples', NULL, '{"id":"01a22343-e2bf-7000-9b42-02686e70f16f","name":"Samples","plan":"VIP","plan_id":"01a22343-e267-7000-bc97-6b848fc42a20","source":"imported","prefix":"","count":1,"created_by":"demo","created_at":"2026-10-29T17:46:18.961Z"}', NULL, 'cf798334f4c6510f63de683bdc8187c8a5e2d91bec2a3cf36b483fd5135423f9'),
	(10, 'default', 1793295978961, 'system', NULL, 'demo', NULL, 'keys.generated', 'batch', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'VIP, first print', NULL, '{"id":"01a22343-e2d3-7000-ba36-b5deaf9f23a9","name":"VIP, first print","plan":"VIP","plan_id":"01a22343-e267-7000-bc97-6b848fc42a20","source":"generated","prefix":"VIP","count":50,"created_by":"demo","created_at":"2026-10-29T17:46:18.961Z"}', NULL, '2b504f7c851734f5acde85bd75c5b9d702625b380d8dfc97988dfb05db0f731f'),
	(11, 'default', 1793456436104, 'system', NULL, 'demo', NULL, 'key.suspend', 'key', '01a22343-e1ac-7078-baf6-d37bbaa81bbd', 'BASIC-552MA4NAEVJZ', '{"key":"BASIC-552MA4NAEVJZ","status":"active","plan":"Basic","plan_id":"01a22343-e025-7000-9bde-e74b5e2067f2","batch_id":"01a22343-e19b-7000-94e7-35d8bc106555","batch":"Basic, first print","prefix":"BASIC","note":"","created_at":"2026-10-29T17:46:18.961Z","used_at":"2026-10-31T14:20:36.104Z","expire_at":"2026-10-31T17:20:36.104Z","remaining_seconds":10800,"machine_count":1}', NULL, 'Chargeback', 'c96f4f1052b11f9c08503dbac54f2034854e73538de03b8488cf65fe618858da'),
	(12, 'default', 1793567521818, 'system', NULL, 'demo', NULL, 'key.revoke', 'key', '01a22343-e1ac-7062-b78e-49a3d43d32db', 'BASIC-G5TP6U6J3CT5', '{"key":"BASIC-G5TP6U6J3CT5","status":"active","plan":"Basic","plan_id":"01a22343-e025-7000-9bde-e74b5e2067f2","batch_id":"01a22343-e19b-7000-94e7-35d8bc106555","batch":"Basic, first print","prefix":"BASIC","note":"","created_at":"2026-10-29T17:46:18.961Z","used_at":"2026-11-01T21:12:01.818Z","expire_at":"2026-11-02T00:12:01.818Z","remaining_seconds":10800,"machine_count":1}', NULL, 'Refunded', 'e3ab1524e17e45a241dbd5a7d8eeb032306d91319d256d6064699bea2832f918'),
	(13, 'default', 1793851407533, 'system', NULL, 'demo', NULL, 'key.suspend', 'key', '01a22343-e1ac-7070-bd9f-4910c3ed9368', 'BASIC-BCEPQBB7BREP', '{"key":"BASIC-BCEPQBB7BREP","status":"active","plan":"Basic","plan_id":"01a22343-e025-7000-9bde-e74b5e2067f2","batch_id":"01a22343-e19b-7000-94e7-35d8bc106555","batch":"Basic, first print","prefix":"BASIC","note":"","created_at":"2026-10-29T17:46:18.961Z","used_at":"2026-11-05T04:03:27.533Z","expire_at":"2026-11-05T07:03:27.533Z","remaining_seconds":10800,"machine_count":1}', NULL, 'Chargeback', '5077cc6e96a97b4b372372f3e2d3155fe49797ee63768596cfea3a2419110a1a'),
	(14, 'default', 1794375978961, 'system', NULL, 'demo', NULL, 'key.revoke', 'key', '01a22343-e1ac-705f-b90f-770b2268b20d', 'BASIC-F3QMK3483GV7', '{"key":"BASIC-F3QMK3483GV7","status":"active","plan":"Basic","plan_id":"01a22343-e025-7000-9bde-e74b5e2067f2","batch_id":"01a22343-e19b-7000-94e7-35d8bc106555","batch":"Basic, first print","prefix":"BASIC","note":"","created_at":"2026-10-29T17:46:18.961Z","used_at":"2026-11-11T05:46:18.961Z","expire_at":"2026-11-11T08:46:18.961Z","remaining_seconds":10800,"machine_count":1}', NULL, 'Refunded', '273accd965655366814d522232e75909acfefc1b038bed820734e82b3d5f7e87'),
	(15, 'default', 1794879978961, 'system', NULL, 'demo', NULL, 'key.suspend', 'key', '01a22343-e250-704f-8edb-e2a718780bea', 'PREMIUM-AKHTB64JUTWF', '{"key":"PREMIUM-AKHTB64JUTWF","status":"active","plan":"Premium","plan_id":"01a22343-e21c-7000-b172-2553b3c37581","batch_id":"01a22343-e243-7000-9c15-64fee1087415","batch":"Premium, first print","prefix":"PREMIUM","note":"","created_at":"2026-10-29T17:46:18.961Z","used_at":"2026-11-17T01:46:18.961Z","expire_at":"2026-12-17T01:46:18.961Z","remaining_seconds":2592000,"machine_count":1}', NULL, 'Chargeback', '4f983a7105a59273903f5af351e07da649314282547b0a22a8e2c5a8e34f81c2'),
	(16, 'default', 1794985578961, 'system', NULL, 'demo', NULL, 'key.revoke', 'key', '01a22343-e1ac-7060-a66f-e6c2fca2bf0d', 'BASIC-PST5PCRC7K8Q', '{"key":"BASIC-PST5PCRC7K8Q","status":"active","plan":"Basic","plan_id":"01a22343-e025-7000-9bde-e74b5e2067f2","batch_id":"01a22343-e19b-7000-94e7-35d8bc106555","batch":"Basic, first print","prefix":"BASIC","note":"","created_at":"2026-10-29T17:46:18.961Z","used_at":"2026-11-18T07:06:18.961Z","expire_at":"2026-11-18T10:06:18.961Z","remaining_seconds":10800,"machine_count":1}', NULL, 'Refunded', 'c2280693eeeaa9f12ad5f418252357259aef3e7d712650dfbe7636e46dcb9939'),
	(17, 'default', 1795770160780, 'system', NULL, 'demo', NULL, 'key.revoke', 'key', '01a22343-e1ac-704e-98c1-cc3c638fcfd0', 'BASIC-P8C8SYEXEF99', '{"key":"BASIC-P8C8SYEXEF99","status":"active","plan":"Basic","plan_id":"01a22343-e025-7000-9bde-e74b5e2067f2","batch_id":"01a22343-e19b-7000-94e7-35d8bc106555","batch":"Basic, first print","prefix":"BASIC","note":"","created_at":"2026-10-29T17:46:18.961Z","used_at":"2026-11-27T09:02:40.780Z","expire_at":"2026-11-27T12:02:40.780Z","remaining_seconds":10800,"machine_count":1}', NULL, 'Refunded', 'f97dba0dc168e1724907c60fe8e33fb99be5e09922436677a7f0eaf65a93dc58'),
	(20, 'default', 1795887986136, 'system', NULL, 'Gatehouse', NULL, 'setup.link_created', 'setup', 'link', 'setup link', NULL, NULL, NULL, '8aa7525f08ce26a71e6fbbf58182a76472889572761cac5e76926e174f6a85bb'),
	(27, 'default', 1795888001997, 'token', '01a22344-1f87-7000-879e-6eb74bc6e86c', 'golden', '127.0.0.1', 'token.revoked', 'token', '01a22344-3348-7000-836f-9963c9118946', 'spare', '{"name":"spare","role":"operator","scopes":[],"expires_at":null,"revoked":false}', '{"name":"spare","role":"operator","scopes":[],"expires_at":null,"revoked":true}', NULL, 'b9aebc478af13052e179a094b9a752fac47b1d373ad652b225151f9e03e36c36'),
	(28, 'default', 1795888002185, 'token', '01a22344-1f87-7000-879e-6eb74bc6e86c', 'golden', '127.0.0.1', 'settings.changed', 'settings', 'default', 'settings', '{"site_name":"Gatehouse","expiring_soon_days":"7"}', '{"site_name":"\u94A5\u5319\u5E97","expiring_soon_days":"3"}', NULL, '0e063656a50dac4714d388ba9986c156a97aef9f0aced9bb8a6577eac07b1c81'),
	(29, 'default', 1795888002394, 'token', '01a22344-1f87-7000-879e-6eb74bc6e86c', 'golden', '127.0.0.1', 'job.rescheduled', 'job', 'storage.tidy', 'storage.tidy', '{"cron":"0 40 2 * * ?"}', '{"cron":"0 */20 * * * ?"}', NULL, 'dc6e780b8616dca0a14890df6e1f5dc28c01987c41cfea3942774605265ed959'),
	(31, 'default', 1795888003039, 'token', '01a22344-1f87-7000-879e-6eb74bc6e86c', 'golden', '127.0.0.1', 'plan.created', 'plan', '01a22344-37ce-7000-bd86-0901bccf7c65', 'Golden', NULL, '{"id":"01a22344-37ce-7000-bd86-0901bccf7c65","name":"Golden","product":"\u00C6ther","kind":"software","duration_seconds":null,"price":0,"currency":"CNY","machine_limit":3,"prefix":"GOLD","offline_grace_seconds":86400,"entitlements":{},"notes":"Zeile eins\n\u7B2C\u4E8C\u884C \u0022\u2603\u0022 \\ \t\u0027\u0027","enabled":true,"in_use":false,"created_at":"2026-11-28T17:46:43.022Z","updated_at":"2026-11-28T17:46:43.022Z","retired_at":null}', NULL, '13a8dee4223c5dc82c23e939b570ebd260f4d0a7012a5e00238801b6fdc419b0'),
	(32, 'default', 1795888003247, 'token', '01a22344-1f87-7000-879e-6eb74bc6e86c', 'golden', '127.0.0.1', 'keys.generated', 'batch', '01a22344-38ac-7000-bcb5-37af890f0212', 'O''Hara; 50% "off", next', NULL, '{"id":"01a22344-38ac-7000-bcb5-37af890f0212","name":"O\u0027Hara; 50% \u0022off\u0022, next","plan":"Golden","plan_id":"01a22344-37ce-7000-bd86-0901bccf7c65","source":"generated","prefix":"GOLD","count":12,"created_by":"golden","created_at":"2026-11-28T17:46:43.244Z"}', NULL, 'a41938b197f13b90691d24c3b47c9fbc80af3727afe82ae4549924f1123fa62a'),
	(36, 'default', 1795888004777, 'token', '01a22344-1f87-7000-879e-6eb74bc6e86c', 'golden', '127.0.0.1', 'plan.created', 'plan', '01a22344-3ea5-7000-8d06-a907bfb9d60a', 'Never sold', NULL, '{"id":"01a22344-3ea5-7000-8d06-a907bfb9d60a","name":"Never sold","product":"Default","kind":"software","duration_seconds":10800,"price":0,"currency":"CNY","machine_limit":1,"prefix":"","offline_grace_seconds":86400,"entitlements":{},"notes":"","enabled":true,"in_use":false,"created_at":"2026-11-28T17:46:44.773Z","updated_at":"2026-11-28T17:46:44.773Z","retired_at":null}', NULL, 'bc2dbdd1eec7a5b5446900b9dfe8e5d344162c5aff47a6d8e5e7de6a1be1f598'),
	(38, 'default', 1795888005171, 'token', '01a22344-1f87-7000-879e-6eb74bc6e86c', 'golden', '127.0.0.1', 'plan.created', 'plan', '01a22344-4030-7000-9eef-8c0aeb7b06b2', 'Retired', NULL, '{"id":"01a22344-4030-7000-9eef-8c0aeb7b06b2","name":"Retired","product":"Default","kind":"software","duration_seconds":10800,"price":0,"currency":"CNY","machine_limit":1,"prefix":"OLD","offline_grace_seconds":86400,"entitlements":{},"notes":"","enabled":true,"in_use":false,"created_at":"2026-11-28T17:46:45.168Z","updated_at":"2026-11-28T17:46:45.168Z","retired_at":null}', NULL, '585dab546871f11091883a6a2b02534665e919886fb07f70e31d93e4100d0ca5'),
	(40, 'default', 1795888005353, 'token', '01a22344-1f87-7000-879e-6eb74bc6e86c', 'golden', '127.0.0.1', 'plan.retired', 'plan', '01a22344-4030-7000-9eef-8c0aeb7b06b2', 'Retired', '{"id":"01a22344-4030-7000-9eef-8c0aeb7b06b2","name":"Retired","product":"Default","kind":"software","duration_seconds":10800,"price":0,"currency":"CNY","machine_limit":1,"prefix":"OLD","offline_grace_seconds":86400,"entitlements":{},"notes":"","enabled":true,"in_use":true,"created_at":"2026-11-28T17:46:45.168Z","updated_at":"2026-11-28T17:46:45.168Z","retired_at":null}', NULL, NULL, '7704b47877505c865dea589abbe13a0b92063b42b3295932693312e6f7f62b92'),
	(18, 'default', 1795785869870, 'system', NULL, 'demo', NULL, 'key.revoke', 'key', '01a22343-e1ac-701f-b489-0ca44082e37f', 'BASIC-U8TRUE8CB8VH', '{"key":"BASIC-U8TRUE8CB8VH","status":"active","plan":"Basic","plan_id":"01a22343-e025-7000-9bde-e74b5e2067f2","batch_id":"01a22343-e19b-7000-94e7-35d8bc106555","batch":"Basic, first print","prefix":"BASIC","note":"","created_at":"2026-10-29T17:46:18.961Z","used_at":"2026-11-27T13:24:29.870Z","expire_at":"2026-11-27T16:24:29.870Z","remaining_seconds":10800,"machine_count":1}', NULL, 'Refunded', '156ddf6945fc0692bb873f05a4ac615f731de1f43ff453ae4b055b7b0c9a804a'),
	(19, 'default', 1795844778961, 'system', NULL, 'demo', NULL, 'key.revoke', 'key', '01a22343-e250-7001-93fe-e9023923a749', 'PREMIUM-BFKGSBAZKQ2T', '{"key":"PREMIUM-BFKGSBAZKQ2T","status":"active","plan":"Premium","plan_id":"01a22343-e21c-7000-b172-2553b3c37581","batch_id":"01a22343-e243-7000-9c15-64fee1087415","batch":"Premium, first print","prefix":"PREMIUM","note":"","created_at":"2026-10-29T17:46:18.961Z","used_at":"2026-11-28T05:46:18.961Z","expire_at":"2026-12-28T05:46:18.961Z","remaining_seconds":2592000,"machine_count":1}', NULL, 'Refunded', 'cfe207f4c62113bbd6207f830a9eef6909c17a878ef47ec0f1073eab446c015f'),
	(21, 'default', 1795887991195, 'cli', NULL, 'cli (root)', NULL, 'staff.created', 'staff', '01a22344-08d6-7000-b760-8b894f659129', 'mia', NULL, '{"username":"mia","display_name":"Mia \u00D6z \u7C73\u5A05","role":"owner","scope":"global","disabled":false}', NULL, '0b62c809eeebac809817d4d35a099b66e02063ea36832135c3a9167c6d666338'),
	(22, 'default', 1795887994773, 'cli', NULL, 'cli (root)', NULL, 'staff.created', 'staff', '01a22344-174a-7000-913a-9ba5e561135c', 'li', NULL, '{"username":"li","display_name":"li","role":"operator","scope":"global","disabled":false}', NULL, '074a8c83dd4769f5bd8ee1f5eedf65ece5ac745489a5b6b8be48b9633174343f'),
	(23, 'default', 1795887997047, 'cli', NULL, 'cli (root)', NULL, 'token.created', 'token', '01a22344-1f87-7000-879e-6eb74bc6e86c', 'golden', NULL, '{"name":"golden","role":"owner","scopes":[],"expires_at":null,"revoked":false}', NULL, '4007d37e86b5bcc6bad36c7bd965c551f01c6de7c2169fb4ae486ee5f65a1375'),
	(24, 'default', 1795887999554, 'cli', NULL, 'cli (root)', NULL, 'token.created', 'token', '01a22344-29c4-7000-bd0d-d55531c0421e', 'report', NULL, '{"name":"report","role":"analyst","scopes":["keys.read","statistics.read"],"expires_at":"2029-05-16T17:46:37.535Z","revoked":false}', NULL, '9c282c6b7b4db26ca7b5188f768ab3fb3c92b60dc9bef86d42897dd348ab7c73'),
	(25, 'default', 1795888001694, 'token', '01a22344-1f87-7000-879e-6eb74bc6e86c', 'golden', '127.0.0.1', 'staff.created', 'staff', '01a22344-3297-7000-a0a0-e2738e03c4c7', 'bo', NULL, '{"username":"bo","display_name":"bo","role":"analyst","scope":"global","disabled":false}', NULL, 'd9f41c1e32447a0f95dfbaba90b6e2c65b99b52c885361b97d3f1f6d2d1467fb'),
	(26, 'default', 1795888001877, 'token', '01a22344-1f87-7000-879e-6eb74bc6e86c', 'golden', '127.0.0.1', 'token.created', 'token', '01a22344-3348-7000-836f-9963c9118946', 'spare', NULL, '{"name":"spare","role":"operator","scopes":[],"expires_at":null,"revoked":false}', NULL, '38aea1462544630802248e3305254c70955a55c965345ae8cb978fc744796f33'),
	(30, 'default', 1795888002710, 'token', '01a22344-1f87-7000-879e-6eb74bc6e86c', 'golden', '127.0.0.1', 'job.run', 'job', 'storage.tidy', 'storage.tidy', NULL, NULL, NULL, 'e7988e4e536779e380511bc9d9883012a0f420499592c9628430c0100fa68aff'),
	(33, 'default', 1795888003389, 'token', '01a22344-1f87-7000-879e-6eb74bc6e86c', 'golden', '127.0.0.1', 'keys.imported', 'batch', '01a22344-3935-7000-937c-b1ba8ad8e84c', 'old shop', NULL, '{"id":"01a22344-3935-7000-937c-b1ba8ad8e84c","name":"old shop","plan":"Golden","plan_id":"01a22344-37ce-7000-bd86-0901bccf7c65","source":"imported","prefix":"","count":3,"created_by":"golden","created_at":"2026-11-28T17:46:43.381Z"}', NULL, '3a898dc02f3bd2a8e170f9dd1d4b4773736c232b5bf6116c67a2025bd4bd0323'),
	(34, 'default', 1795888004409, 'token', '01a22344-1f87-7000-879e-6eb74bc6e86c', 'golden', '127.0.0.1', 'key.suspend', 'key', '01a22344-393b-7001-9aa6-8a62a1b78698', 'GOLD-HELD234567', '{"key":"GOLD-HELD234567","status":"active","plan":"Golden","plan_id":"01a22344-37ce-7000-bd86-0901bccf7c65","batch_id":"01a22344-3935-7000-937c-b1ba8ad8e84c","batch":"old shop","prefix":"GOLD","note":"","created_at":"2026-11-28T17:46:43.381Z","used_at":"2026-11-28T17:46:44.051Z","expire_at":null,"remaining_seconds":null,"machine_count":1}', NULL, 'Chargeback', 'de4146246ca1cd65c74c099c0e6b1b5d007ba5bd89f0c7d3c627d116f39f8ebb'),
	(35, 'default', 1795888004614, 'token', '01a22344-1f87-7000-879e-6eb74bc6e86c', 'golden', '127.0.0.1', 'keys.revoke', 'keys', 'bulk', '1 keys', NULL, '{"action":"revoke","filter":null,"first_keys":["GOLD-GONE234567"],"matched":1,"changed":1}', 'Refunded', '93f211631d442d2444255a2022d8397ada7f4f022c91f2ceb4ba56613d8c6704'),
	(37, 'default', 1795888005050, 'token', '01a22344-1f87-7000-879e-6eb74bc6e86c', 'golden', '127.0.0.1', 'plan.deleted', 'plan', '01a22344-3ea5-7000-8d06-a907bfb9d60a', 'Never sold', '{"id":"01a22344-3ea5-7000-8d06-a907bfb9d60a","name":"Never sold","product":"Default","kind":"software","duration_seconds":10800,"price":0,"currency":"CNY","machine_limit":1,"prefix":"","offline_grace_seconds":86400,"entitlements":{},"notes":"","enabled":true,"in_use":false,"created_at":"2026-11-28T17:46:44.773Z","updated_at":"2026-11-28T17:46:44.773Z","retired_at":null}', NULL, NULL, 'ea3e8b4d676b1e5ce7e37f4791afbd7ba6776b16c4f53982b5da636da619721a'),
	(39, 'default', 1795888005259, 'token', '01a22344-1f87-7000-879e-6eb74bc6e86c', 'golden', '127.0.0.1', 'keys.generated', 'batch', '01a22344-4082-7000-bb93-59a90ce6a366', 'Retired 2026-11-28 17:46', NULL, '{"id":"01a22344-4082-7000-bb93-59a90ce6a366","name":"Retired 2026-11-28 17:46","plan":"Retired","plan_id":"01a22344-4030-7000-9eef-8c0aeb7b06b2","source":"generated","prefix":"OLD","count":2,"created_by":"golden","created_at":"2026-11-28T17:46:45.250Z"}', NULL, '4c83db6bfadfd56f821e6b6d87d22353d8401aa27d9bd33f7fac781a24ba0dbd');

INSERT INTO public.audit_head VALUES
	(1, 40, '7704b47877505c865dea589abbe13a0b92063b42b3295932693312e6f7f62b92');

INSERT INTO public.batches VALUES
	('01a22343-e12c-7000-8d8c-fa358a6f7c6d', 'default', '01a22343-e025-7000-9bde-e74b5e2067f2', 'Samples', 'imported', '', 1, 'demo', 1793295978961),
	('01a22343-e19b-7000-94e7-35d8bc106555', 'default', '01a22343-e025-7000-9bde-e74b5e2067f2', 'Basic, first print', 'generated', 'BASIC', 150, 'demo', 1793295978961),
	('01a22343-e22c-7000-806a-b9e2ebbb76e7', 'default', '01a22343-e21c-7000-b172-2553b3c37581', 'Samples', 'imported', '', 1, 'demo', 1793295978961),
	('01a22343-e243-7000-9c15-64fee1087415', 'default', '01a22343-e21c-7000-b172-2553b3c37581', 'Premium, first print', 'generated', 'PREMIUM', 100, 'demo', 1793295978961),
	('01a22343-e2bf-7000-9b42-02686e70f16f', 'default', '01a22343-e267-7000-bc97-6b848fc42a20', 'Samples', 'imported', '', 1, 'demo', 1793295978961),
	('01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'default', '01a22343-e267-7000-bc97-6b848fc42a20', 'VIP, first print', 'generated', 'VIP', 50, 'demo', 1793295978961),
	('01a22344-38ac-7000-bcb5-37af890f0212', 'default', '01a22344-37ce-7000-bd86-0901bccf7c65', 'O''Hara; 50% "off", next', 'generated', 'GOLD', 12, 'golden', 1795888003244),
	('01a22344-3935-7000-937c-b1ba8ad8e84c', 'default', '01a22344-37ce-7000-bd86-0901bccf7c65', 'old shop', 'imported', '', 3, 'golden', 1795888003381),
	('01a22344-4082-7000-bb93-59a90ce6a366', 'default', '01a22344-4030-7000-9eef-8c0aeb7b06b2', 'Retired 2026-11-28 17:46', 'generated', 'OLD', 2, 'golden', 1795888005250);

INSERT INTO public.bindings VALUES
	('01a22343-e250-700b-af54-93e457e6dd4a', 'f8dd41c98fc01eedad631b8b30df458f', 'default', 1793324778961, '203.0.113.227'),
	('01a22343-e1ac-704a-8d72-7c1c656190bf', '1632cfb1782123abff39ca8992f8064f', 'default', 1793353578961, '203.0.113.31'),
	('01a22343-e1ac-7053-bd27-735152fc944e', '4d8c9983a7c776cf311c6ddc7d03c3e2', 'default', 1793394721818, '203.0.113.69'),
	('01a22343-e1ac-7030-b36a-7e240cfc491b', 'e57ea0ae48ec03d8b0a5184f6d96514c', 'default', 1793407064676, '203.0.113.32'),
	('01a22343-e250-7008-a2c3-5cc5d3910ea2', '0e2a5d8dcc74c07016f0085c1f384035', 'default', 1793419407533, '203.0.113.89'),
	('01a22343-e1ac-7041-80c1-57903b0a04e1', '59c63a3d186308a32adccba3dc825e99', 'default', 1793431750390, '203.0.113.189'),
	('01a22343-e250-700a-a327-dec9a584edad', 'f64b29d810e6dc697b6595d1e9f134b5', 'default', 1793444093247, '203.0.113.45'),
	('01a22343-e1ac-7078-baf6-d37bbaa81bbd', '38d67e1f5b8aa716f8917abca0467112', 'default', 1793456436104, '203.0.113.90'),
	('01a22343-e1ac-702f-b55a-f3ca8c6466e8', 'a099720444fcb37de61197fb98f37b4d', 'default', 1793483178961, '203.0.113.92'),
	('01a22343-e1ac-701e-8b43-cc6c449b3f54', '81c3d34f528462d4b36e5518d4fc355f', 'default', 1793497578961, '203.0.113.164'),
	('01a22343-e250-7057-beb3-78045e8c4a04', '45edd5cd14a18d852dcb90ff8141c415', 'default', 1793511978961, '203.0.113.94'),
	('01a22343-e250-7042-837c-7932b13a7d1d', 'de06d3c16825a4222779f187ab89c88b', 'default', 1793526378961, '203.0.113.16'),
	('01a22343-e250-7040-9c38-75c1f87c1184', 'b248f071abb80123c788948ad87dbdcb', 'default', 1793540778961, '203.0.113.47'),
	('01a22343-e1ac-7062-b78e-49a3d43d32db', '5f23db76ee058c4b9d19959e6b9550d7', 'default', 1793567521818, '203.0.113.39'),
	('01a22343-e250-7045-a2c5-e2c6f1cbec8c', '268c603088959c29d43dfca4c2e1274d', 'default', 1793579864676, '203.0.113.241'),
	('01a22343-e1ac-7082-b6db-1387c458a955', '10683b0592fbab6582e21c8be50db096', 'default', 1793592207533, '203.0.113.252'),
	('01a22343-e1ac-701a-ae5c-c43063f3a64d', '937ec739c22e401de16b442742c670f7', 'default', 1793604550390, '203.0.113.55'),
	('01a22343-e1ac-7063-9575-f917c04f93a2', 'ca1d918b98b52f654b54b0230ecada32', 'default', 1793616893247, '203.0.113.238'),
	('01a22343-e250-7048-a4d4-5f3998673ab7', 'ba80e01da9247171aec7f19858ac81c7', 'default', 1793629236104, '203.0.113.120'),
	('01a22343-e250-7062-8917-9dd73255b16e', '04bcca5fa74672fe82e204ace557ae71', 'default', 1793653921818, '203.0.113.29'),
	('01a22343-e250-7038-a332-cef504889136', '40e59b97a9d35b2115fa18385735f001', 'default', 1793666264676, '203.0.113.43'),
	('01a22343-e2e3-7013-a4af-78c2df45b9e0', 'c6053974135bb807663efc1ee560308f', 'default', 1793678607533, '203.0.113.144'),
	('01a22343-e2e3-7024-888d-0a82c418bbd7', '9fe7aac23dc87e6e24a06943f2e4df75', 'default', 1793690950390, '203.0.113.230'),
	('01a22343-e2e3-702a-8426-670fbaa96a40', '4dd7c5d0dab49758e027dd3059d8f4e1', 'default', 1793703293247, '203.0.113.20'),
	('01a22343-e250-7010-b25b-6bfd17f11d3a', '828fccc37ba5c1a1f618010ac4d3f48f', 'default', 1793715636104, '203.0.113.67'),
	('01a22343-e1ac-7072-b6c9-331e4f00e270', '7780533bb300d0d7db7fc2c0262eb956', 'default', 1793749578961, '203.0.113.64'),
	('01a22343-e1ac-7029-840d-c5d47fb8dbb5', 'fb4c91179ac55d6b49db7d09b05f4911', 'default', 1793771178961, '203.0.113.126'),
	('01a22343-e1ac-7016-b1e8-9ab955d60586', 'a96f527780e135b65a0fec255ba7f441', 'default', 1793792778961, '203.0.113.93'),
	('01a22343-e250-704a-bc64-d48abdc2d820', 'f3e0d286f5382421e9393ea536a428c2', 'default', 1793826721818, '203.0.113.209'),
	('01a22343-e1ac-703d-8f81-b845de2b3f49', 'a89bc7b07631f07a68e4e16edd8c214e', 'default', 1793839064676, '203.0.113.166'),
	('01a22343-e1ac-7070-bd9f-4910c3ed9368', 'fb8d52167c88ed57c2de5ded397ee321', 'default', 1793851407533, '203.0.113.8'),
	('01a22343-e250-704e-b0e3-95c0e3b7f6f8', '56179e04e4246e34329ef1a5e73577a5', 'default', 1793863750390, '203.0.113.101'),
	('01a22343-e1ac-707a-b50a-a44f85b053fc', '4345c2ec14e3e6d990afc15ebd13d565', 'default', 1793876093247, '203.0.113.197'),
	('01a22343-e250-7032-83a6-76e67087a3de', 'e2786ddc912520f992cbe79cde17ff03', 'default', 1793888436104, '203.0.113.83'),
	('01a22343-e250-704b-b0b4-8574873a7f2d', '7b94a8590707b2b3dff3e4a408320883', 'default', 1793922378961, '203.0.113.19'),
	('01a22343-e2e3-700c-b42c-1851a3357a90', '9012e0c75222ede0dbea6e5ba974cb81', 'default', 1793943978961, '203.0.113.138'),
	('01a22343-e1ac-7044-8c40-d1669082b902', '0b922bfca34c9f5ad0be51a4948799de', 'default', 1793965578961, '203.0.113.207'),
	('01a22343-e1ac-707d-817e-8c7087ed2b76', '97f3017ead174740d811ccb275f0cff7', 'default', 1793997978961, '203.0.113.50'),
	('01a22343-e1ac-7003-b09e-c14f089a4e64', '4b963527742a6b160121f1b7ae952d6c', 'default', 1794008778961, '203.0.113.56'),
	('01a22343-e1ac-7076-a2ee-eacdb983b797', 'cd8afa4729ab8e5c7d1970ccd2b084bc', 'default', 1794019578961, '203.0.113.25'),
	('01a22343-e250-7035-9689-b5e5e30c7d0c', 'f38ecf8afb15a8e9af74480921a37b7b', 'default', 1794030378961, '203.0.113.150'),
	('01a22343-e1ac-7013-96c6-641d8c21f9dc', '01a133bf33ce0914f487fdf53526e36f', 'default', 1794041178961, '203.0.113.239'),
	('01a22343-e1ac-7093-94a1-e1f9f8dcdafd', '7ee8043cc9c4cf048d98882938e79010', 'default', 1794051978961, '203.0.113.54'),
	('01a22343-e1ac-7023-9467-71b0c70e68a6', '51b7cc6add5702f3cc818b40024f8bfb', 'default', 1794062778961, '203.0.113.143'),
	('01a22343-e250-7009-965c-8f6f703910eb', '32a391b04359382affe6615d0a79f73a', 'default', 1794095178961, '203.0.113.148'),
	('01a22343-e1ac-707f-b140-8c11ac946aa2', '966f4a73eb6b193126a7cb0dbea82cf6', 'default', 1794116778961, '203.0.113.172'),
	('01a22343-e1ac-700a-b633-552ab5635e1e', '54e897a1ebfada76a066da1bdc5f36b0', 'default', 1794138378961, '203.0.113.98'),
	('01a22343-e1ac-706a-b12e-b974d3ddc9fd', 'b311d1e98bd2dc0936d1e25e24166f3b', 'default', 1794174378961, '203.0.113.248'),
	('01a22343-e1ac-7039-8642-db2af1f15c49', '4eab46bfa729ca447888e156602133b2', 'default', 1794188778961, '203.0.113.243'),
	('01a22343-e1ac-7031-bf50-fdd862d9662e', '2379119258d1e0992c6cc776b38779a7', 'default', 1794203178961, '203.0.113.223');
INSERT INTO public.bindings VALUES
	('01a22343-e250-7004-b6f8-004ec2ddb420', 'a30bc7a16b0938e68aa6f7b94179c997', 'default', 1794217578961, '203.0.113.226'),
	('01a22343-e250-700d-83f5-540df511a175', 'ac0cb52b809f9ac231fdfa622c0976ae', 'default', 1794231978961, '203.0.113.98'),
	('01a22343-e2e3-700e-8539-211daa452551', '3452e5b0b950241af92a325c0ba2179b', 'default', 1794258721818, '203.0.113.131'),
	('01a22343-e1ac-7051-aa78-3c7917857989', '7a069506acd5517ba8d805858453b5d7', 'default', 1794271064676, '203.0.113.232'),
	('01a22343-e1ac-700b-98a8-c24195f3a457', '5af9838c923f0969505167334f36173b', 'default', 1794283407533, '203.0.113.141'),
	('01a22343-e1ac-7006-98c9-ae7cc936f7d4', 'b323bd2794657af134f04c93d7b7b4bc', 'default', 1794295750390, '203.0.113.18'),
	('01a22343-e1ac-708f-957a-8b7ba3a81b35', '45ec7faa1d5414c61f8a4079b2b1f08b', 'default', 1794308093247, '203.0.113.202'),
	('01a22343-e2e3-7004-bd91-80e128bbecf3', '01006df46b4e6f537a4a48d6e337dbe0', 'default', 1794320436104, '203.0.113.75'),
	('01a22343-e2e3-701b-a715-88d516b2c4ec', '970e8a32c4f50ac88d40cefbad77783b', 'default', 1794343578961, '203.0.113.200'),
	('01a22343-e250-700c-815b-0307db59a616', 'adfffa390f8d2a6446afd06daef086ff', 'default', 1794354378961, '203.0.113.1'),
	('01a22343-e2e3-702e-a2c4-351dd9594047', '4918befcb6dae76511c56b1d7a58b79d', 'default', 1794365178961, '203.0.113.202'),
	('01a22343-e1ac-705f-b90f-770b2268b20d', '6143617159acb51422c3da06625c8412', 'default', 1794375978961, '203.0.113.215'),
	('01a22343-e250-702d-8187-ce8313fa51c8', 'c19c6ebc39e5770f0c4c1caf8fdd607e', 'default', 1794436458961, '203.0.113.14'),
	('01a22343-e250-7018-a123-893afaaad9a6', '4ab268029dbe6aadfe561869883065be', 'default', 1794453738961, '203.0.113.24'),
	('01a22343-e1ac-700d-8d1c-7af0159f9a70', '111d33d6cd5cbd558f8323467edaf7c9', 'default', 1794471018961, '203.0.113.94'),
	('01a22343-e1ac-704b-9947-4cceb491bd47', 'a3a13509840675127edb3da26da57321', 'default', 1794488298961, '203.0.113.159'),
	('01a22343-e1ac-7069-8b98-8c00dd5facd2', '7919f0848dd2729ebadec39eba804495', 'default', 1794602778961, '203.0.113.188'),
	('01a22343-e250-7053-bd58-0b0810b306b6', '6567d3d2998da1895ac9a46470163a6e', 'default', 1794613578961, '203.0.113.191'),
	('01a22343-e250-7058-84bb-3e81db9be001', '8b7cc0a2b06698a2ac54a937c3ee496f', 'default', 1794624378961, '203.0.113.167'),
	('01a22343-e1ac-7042-9787-b8421d0583ff', '8ee5ccebab53e87fe284e5d9517f24ff', 'default', 1794635178961, '203.0.113.56'),
	('01a22343-e2e3-7010-a290-34312fcdc8ee', '1c075009918e45a4d90a497d169c37ca', 'default', 1794645978961, '203.0.113.205'),
	('01a22343-e250-703f-9858-364473fb32b5', '62320759810f37485d1aadb45f0086cf', 'default', 1794656778961, '203.0.113.64'),
	('01a22343-e1ac-7086-b600-92282fa61a30', '19c8313fdec37f6deb2c3deda00b8a28', 'default', 1794667578961, '203.0.113.233'),
	('01a22343-e1ac-7027-92ed-534101422c68', '0955444772e2385713f60f5c253f6576', 'default', 1794774378961, '203.0.113.197'),
	('01a22343-e250-701d-a323-8570eee94642', '1c77201cfe13bdfc12faec801da557d4', 'default', 1794783978961, '203.0.113.199'),
	('01a22343-e1ac-7015-a606-d6b92c00eb26', 'f4d66ca81e97787c31b6ab314a554f4f', 'default', 1794793578961, '203.0.113.187'),
	('01a22343-e1ac-7047-85a0-810469af28d3', '8fef121858d0c25bf6390f5e99038c5c', 'default', 1794803178961, '203.0.113.167'),
	('01a22343-e250-7055-9e7d-3ebeb292e781', 'e52a056689b409f418216a3e7f3ab466', 'default', 1794812778961, '203.0.113.139'),
	('01a22343-e250-702c-9b98-fb757e49eaca', 'e5f411d7b4dc1363c7a71482b5c701af', 'default', 1794822378961, '203.0.113.188'),
	('01a22343-e1ac-7001-9dbb-3f980aaf4567', '055c8268baa263697481b62d75197b09', 'default', 1794831978961, '203.0.113.132'),
	('01a22343-e1ac-7089-a363-9ddf12aa3a49', 'ef9743b0c708c5f764b67a612d44fba4', 'default', 1794841578961, '203.0.113.93'),
	('01a22343-e1ac-7073-8402-5636ef114611', '6690fb45eb6c893d55ec686ec29417ea', 'default', 1794894378961, '203.0.113.250'),
	('01a22343-e250-7021-a2dc-7b7e98c9eb3f', '019afdc4aac4ecb3f83cbe24c0ea46fe', 'default', 1794908778961, '203.0.113.218'),
	('01a22343-e250-7016-b2ae-752f117efb8c', '7ddab48ae9ac631dfda6e098b1a504b0', 'default', 1794923178961, '203.0.113.22'),
	('01a22343-e2e3-7011-96df-ee1cab3b4ffe', '796798de9128de36dbd1b95126939109', 'default', 1794995178961, '203.0.113.83'),
	('01a22343-e250-7039-88ef-64d88422f919', '17e5df412cb51f2d7361e361c2fee006', 'default', 1795004778961, '203.0.113.29'),
	('01a22343-e2e3-7001-a661-9bd743a573fc', 'a3353c0d0225f0048154d788f654d0c4', 'default', 1795014378961, '203.0.113.79'),
	('01a22343-e2e3-702c-81d0-f5b2dfd694f7', '73fdbc95cc5c9b6f54479a7e278ae8a2', 'default', 1795122721818, '203.0.113.159'),
	('01a22343-e250-702f-b0dc-679e6b1f65a5', 'cf2cb543e143c9a733243031455176e3', 'default', 1795135064676, '203.0.113.148'),
	('01a22343-e1ac-701b-a596-82ce68ff86c8', '46af674ce29d792bc8349e4a9cc45f6e', 'default', 1795147407533, '203.0.113.178'),
	('01a22343-e250-701f-98bf-5a6d2f9ae618', '00a880e9ddd600c810d63073710bb920', 'default', 1795159750390, '203.0.113.51'),
	('01a22343-e1ac-702a-8cba-669417e446bd', '47879b8f7339dcbb3b5844c294422714', 'default', 1795172093247, '203.0.113.157'),
	('01a22343-e1ac-704d-9364-bbc3ed6d6b7b', '9be59213fab51e272adfc81f6d99ed36', 'default', 1795184436104, '203.0.113.172'),
	('01a22343-e1ac-706f-a07d-efb51d4514fe', 'f14c605f2eb34b30fa4d398e41836c53', 'default', 1795293978961, '203.0.113.97'),
	('01a22343-e1ac-702d-8e80-7ba852066d1b', '22bd96d49fb1517ac259ee1edf03bfda', 'default', 1795304778961, '203.0.113.191'),
	('01a22343-e250-7050-a765-9130172a4b52', '756235f8b2f2b419f12dcaebae7a9986', 'default', 1795315578961, '203.0.113.202'),
	('01a22343-e1ac-7024-9cbd-45d44641876e', 'f2e751bd75314b3f88801bab26ed35d3', 'default', 1795326378961, '203.0.113.149'),
	('01a22343-e250-7017-8407-3fc08b77932d', 'f22655e646ae15719bb09c2a88679bdf', 'default', 1795337178961, '203.0.113.111'),
	('01a22343-e1ac-7000-ba8f-72e1a3154242', '51deb032891b9f624b9c58ec6d9984ac', 'default', 1795347978961, '203.0.113.196'),
	('01a22343-e2e3-7029-b7fe-77526b52a0ca', '9fb5968f3c94fe090e377ca59ac3b7a1', 'default', 1795358778961, '203.0.113.10');
INSERT INTO public.bindings VALUES
	('01a22343-e250-7044-a013-80b28ba52956', '79d284c1b6c9a8cd427375f4cfd95e97', 'default', 1795468321818, '203.0.113.68'),
	('01a22343-e2e3-701f-a0a6-ff234c799f1a', '0ccfe5c742ca1fbed6601d6b2a35cbbe', 'default', 1795480664676, '203.0.113.34'),
	('01a22343-e1ac-707c-85ce-bf99b5ed5974', 'c9ee7457f6b04b8a4897db479dc11b9c', 'default', 1795493007533, '203.0.113.138'),
	('01a22343-e250-703b-81bf-8ab8cd38bd30', '3443476d643885b6fd93b40b57ac7e8b', 'default', 1795505350390, '203.0.113.188'),
	('01a22343-e250-7000-bc1a-8977fc30127c', '022449ab7059605b4baa3ff129ee717d', 'default', 1795517693247, '203.0.113.3'),
	('01a22343-e1ac-703c-b962-f62ca700b9b5', 'b01e029b5405bb21ed3468a7971b494b', 'default', 1795530036104, '203.0.113.160'),
	('01a22343-e2e3-7017-9ef0-c4e40a29c786', 'd2baffa21f84bcaf717e65b6bb5341ec', 'default', 1795639578961, '203.0.113.128'),
	('01a22343-e1ac-708c-8c26-584eb9a2ee8a', '0065c8acaa5b64581908327591f3f347', 'default', 1795650378961, '203.0.113.132'),
	('01a22343-e250-7046-b75e-06f6787e16cb', '5826162128a4d1b47ddb564a3d5010c3', 'default', 1795661178961, '203.0.113.67'),
	('01a22343-e1ac-7038-b009-aee241ca840c', '2850d2a9f7875dc34bbb400c993983ad', 'default', 1795671978961, '203.0.113.81'),
	('01a22343-e1ac-705a-9868-9012e2a82517', '8f8bdfcba4b35a9def3d25d2651ceb0a', 'default', 1795682778961, '203.0.113.92'),
	('01a22343-e1ac-7091-99ea-39069faa726d', 'd4fb41eb7b73704d7f377494a3af8d85', 'default', 1795693578961, '203.0.113.78'),
	('01a22343-e2e3-701a-90fe-348cba0bc059', '801e910e5b4ea36b384f9d4107575491', 'default', 1795704378961, '203.0.113.2'),
	('01a22343-e1ac-7050-80fd-d14cd6ff5a98', '390f8b9a7f848611ddc14be9e6d240ae', 'default', 1795778015325, '203.0.113.85'),
	('01a22343-e1ac-701f-b489-0ca44082e37f', 'f2250418e48c72f04140f0a22402e439', 'default', 1795785869870, '203.0.113.160'),
	('01a22343-e2e3-7003-900c-769b7098322f', '79fec539f0a8d20c9d238cad96c02e02', 'default', 1795808778961, '203.0.113.242'),
	('01a22343-e1ac-703b-8816-57b77ba27712', '15acc3f7aa30d2e2de00071a8d59b030', 'default', 1795815978961, '203.0.113.88'),
	('01a22343-e250-7024-8964-f64e4292f7bd', 'c6cf41f324d3a9bbb80682cbfc4a2835', 'default', 1795823178961, '203.0.113.77'),
	('01a22343-e1ac-7011-8acd-ca9969d878cd', '928994901df5b6a294e6e3f5af538f72', 'default', 1795830378961, '203.0.113.121'),
	('01a22343-e1ac-7059-a924-44e2ccd924f3', 'c702eab01ddabe7d708707ad3bb62fa8', 'default', 1795837578961, '203.0.113.126'),
	('01a22343-e250-7001-93fe-e9023923a749', '69bdd72224869ff9fc300fd042c061a9', 'default', 1795844778961, '203.0.113.233'),
	('01a22343-e250-705f-a99f-7172cc8a60f1', 'b5d4ab2177fdef039fa217177ccca282', 'default', 1794386778961, '203.0.113.7'),
	('01a22343-e1ac-708a-a63c-ec35c425337a', '40c67f024b01c5a693bf551e339d4ecd', 'default', 1794397578961, '203.0.113.214'),
	('01a22343-e1ac-7004-ab4f-08c798f104db', '3021ca4ceee3b3798b9ba078b8351c0a', 'default', 1794408378961, '203.0.113.50'),
	('01a22343-e1ac-702e-bb5f-0bcaf44e415c', '6fbf1675155e22035722174e4d50f3b4', 'default', 1794522858961, '203.0.113.242'),
	('01a22343-e1ac-7008-b7fb-597d8663e7ea', '1376ae53d1b451124feff8ea6040b4d7', 'default', 1794540138961, '203.0.113.69'),
	('01a22343-e1ac-7068-a858-615e8622a4d4', 'f74ac9c914a555a49f1c861210b6a6a9', 'default', 1794557418961, '203.0.113.252'),
	('01a22343-e1ac-708b-b004-2045b25cd97d', '67b6f2b603adece7e3d766a5df567b2b', 'default', 1794574698961, '203.0.113.149'),
	('01a22343-e250-7023-8aa1-980f20b4f282', 'bdf828aa4cd73981a3b7a371ba72e1ac', 'default', 1794695658961, '203.0.113.200'),
	('01a22343-e1ac-7094-970d-aa7ba0fa5f6a', '0680484db080082021c901793d76f1f1', 'default', 1794712938961, '203.0.113.163'),
	('01a22343-e250-7003-b2fe-0d7865f3b5d6', '0e2d7b08d25624663534ca4971156565', 'default', 1794730218961, '203.0.113.209'),
	('01a22343-e250-701e-9f53-8435fd03a7bd', '36a3f0c6efc1bf66ddd6e6212cb20ebe', 'default', 1794747498961, '203.0.113.165'),
	('01a22343-e2e3-7002-827f-68dea3263024', '7718eef814634f8f9d48f4a9bb2033e9', 'default', 1794865578961, '203.0.113.233'),
	('01a22343-e250-704f-8edb-e2a718780bea', 'a1d6352d313b9a3ef693d6e5031df593', 'default', 1794879978961, '203.0.113.128'),
	('01a22343-e2e3-702f-8cf5-fff192f43c3e', '9aab967001106bb298eb6bdd95332a1a', 'default', 1794947178961, '203.0.113.66'),
	('01a22343-e1ac-7080-873a-2a826f5947f0', 'ced8f957ac1c021ebbca584ec1da01ec', 'default', 1794956778961, '203.0.113.10'),
	('01a22343-e1ac-705e-9c11-05846d95407e', 'b5f9654f4a90147875dc43610824def0', 'default', 1794966378961, '203.0.113.90'),
	('01a22343-e250-705c-a25e-a4f37132eaf1', '600624cc99807a37ea9e3c54db79e0a6', 'default', 1794975978961, '203.0.113.113'),
	('01a22343-e1ac-7060-a66f-e6c2fca2bf0d', '1b137341a8465342e574af69ac5234a4', 'default', 1794985578961, '203.0.113.38'),
	('01a22343-e1ac-7084-9807-7535765fee64', 'b6decf39d91ab014db1d436583b74737', 'default', 1795034778961, '203.0.113.178'),
	('01a22343-e1ac-7028-af56-584b8bc32227', '6c0618eb458df15cb0c2357ceebe00f2', 'default', 1795045578961, '203.0.113.213'),
	('01a22343-e1ac-703e-8997-afc26827598d', 'f3ed24f38eb6a46f51e42014583fb3f5', 'default', 1795056378961, '203.0.113.121'),
	('01a22343-e250-7059-926b-5c828be61b52', 'be086a39cf93c9e5fa1e9a6f3f12f91a', 'default', 1795067178961, '203.0.113.219'),
	('01a22343-e1ac-7083-8876-72b8994b64aa', 'e1aff3257b3b7097eb398e6e0568d1e1', 'default', 1795077978961, '203.0.113.204'),
	('01a22343-e1ac-7017-9fa3-ff94eedee61b', '0c991183bfb371eb3668b1db8a0d1294', 'default', 1795088778961, '203.0.113.188'),
	('01a22343-e250-7006-8a81-ce31a8f2dfae', '5ba23a941fb9e37f29fc2e4cc100e278', 'default', 1795099578961, '203.0.113.253'),
	('01a22343-e1ac-7087-a006-ba13c4ce5cb9', 'c078a6fe00e26a9f07e4388899d0c977', 'default', 1795209121818, '203.0.113.24'),
	('01a22343-e1ac-7034-aa05-58eea066f3a4', 'b0001290ffff240d529ea9893d4d14fe', 'default', 1795221464676, '203.0.113.83'),
	('01a22343-e1ac-701d-ace3-ab23ec2f76fd', '24e2cd0f302e4709f28c40c9b9a4cc96', 'default', 1795233807533, '203.0.113.160'),
	('01a22343-e250-701c-9711-e0c9fa63b7a2', '31ef37c70251818102ddf7bb6ac79451', 'default', 1795246150390, '203.0.113.117');
INSERT INTO public.bindings VALUES
	('01a22343-e250-703c-9a47-198aa8907111', '9083e63540887f4629ea2b93ee5e7756', 'default', 1795258493247, '203.0.113.8'),
	('01a22343-e250-7030-b9a8-ae3a83da1a2f', '9b2173e3fb11b90fc1d8e3c2a6ddf1cc', 'default', 1795270836104, '203.0.113.56'),
	('01a22343-e250-7049-b580-2a242cd12a58', '45efce6d52b5401cbf1f9a4e3135f5ac', 'default', 1795379178961, '203.0.113.86'),
	('01a22343-e1ac-707e-9dcc-b67cc5a69c91', '5df1430b933b2790b36fe32ecab23fe2', 'default', 1795388778961, '203.0.113.251'),
	('01a22343-e2e3-7021-a7c1-58406f14afc2', 'c3f52168b1ce1de5570c21362179142b', 'default', 1795398378961, '203.0.113.160'),
	('01a22343-e250-7051-a106-70b68a2bb542', '570cf91e5ed030248ccf0a6bf8112e7a', 'default', 1795407978961, '203.0.113.236'),
	('01a22343-e250-7063-be44-9eeef3a06b2c', '6e5bafec29770375ee3c2eef65720398', 'default', 1795417578961, '203.0.113.110'),
	('01a22343-e250-704d-9e93-188c563a33ff', 'eaa2315f83139a68f62a2cbc7cff5239', 'default', 1795427178961, '203.0.113.1'),
	('01a22343-e2e3-7028-83ac-126c40bc12da', '60a7fdb2b09bbd5b31989370b978e9ee', 'default', 1795436778961, '203.0.113.205'),
	('01a22343-e1ac-7046-ac25-9cceae2dafd3', '7e283985b5acaa7dc244385f03324dfc', 'default', 1795446378961, '203.0.113.145'),
	('01a22343-e250-7020-9071-ce7dde3657dc', 'f4d22c8c9a9cb3f1b7c67f5b77c7a837', 'default', 1795551978961, '203.0.113.250'),
	('01a22343-e250-704c-a1aa-71a0b8819d29', 'fa86cfafe0406a45c0fc873f646a6378', 'default', 1795561578961, '203.0.113.97'),
	('01a22343-e250-705d-b37c-71c16d5ed7dc', '703e347bc18d3dfb1fc34cb78f0399e3', 'default', 1795571178961, '203.0.113.209'),
	('01a22343-e1ac-7040-81fe-17629739ba36', 'febe33bd5b6987fb38c2147d190b79f7', 'default', 1795580778961, '203.0.113.218'),
	('01a22343-e2e3-700d-9407-abd3f65057f2', 'c1ad2ff91abf4813345c00a1583fef81', 'default', 1795590378961, '203.0.113.123'),
	('01a22343-e2e3-702b-8651-aafc546c1efb', '45e8b2e0a08bdc1b9dd9c62f965a46fb', 'default', 1795599978961, '203.0.113.239'),
	('01a22343-e1ac-7005-8cbf-1487ad3fed76', 'b9a09ed543924e22866f78c175c3050a', 'default', 1795609578961, '203.0.113.172'),
	('01a22343-e2e3-7022-ba9d-fe093bfb02a1', 'f2bccefdc77511cce630d86450f67feb', 'default', 1795619178961, '203.0.113.13'),
	('01a22343-e1ac-7022-9119-b0664a00ce64', '4cb6231946cf2417e2fca367b4945a32', 'default', 1795723033507, '203.0.113.245'),
	('01a22343-e1ac-7061-b7b8-3478cb33af0e', '40fcc809c118b23bf7b94fddce71d6c3', 'default', 1795730888052, '203.0.113.130'),
	('01a22343-e1ac-7032-873b-d387d144e44d', 'cd96ccc1283a631bb103343e7b85a2b6', 'default', 1795738742598, '203.0.113.156'),
	('01a22343-e1ac-7058-8a89-baefcb46a4ea', 'f0ec3a2f7ad14cb83d47307ac1a062cb', 'default', 1795746597143, '203.0.113.91'),
	('01a22343-e1ac-7033-b0bc-562d508b3cc5', 'cb793c41cd921328a2338e6e29dabba3', 'default', 1795754451689, '203.0.113.111'),
	('01a22343-e1ac-7077-92f3-6f51fc10b016', '5ccf8465cbe8b3b7211914fcfbb2364c', 'default', 1795762306234, '203.0.113.145'),
	('01a22343-e1ac-704e-98c1-cc3c638fcfd0', 'ac90ed0ecad998fa73fa2999afa77b11', 'default', 1795770160780, '203.0.113.83'),
	('01a22343-e1ac-705d-8a8b-faa7a8f563b0', 'b867847736c7388f6bfebda4f177734c', 'default', 1795793724416, '203.0.113.216'),
	('01a22343-e2e3-701d-bf0a-01a26a762fab', 'e3657c4f31fb9827260fd5df17cbbeba', 'default', 1795851978961, '203.0.113.243'),
	('01a22343-e1ac-7064-af00-e8d0d9eb7c6e', '298869c68fd1b9c8a6808b9af979eed2', 'default', 1795859178961, '203.0.113.170'),
	('01a22343-e1ac-7092-88c6-2ec46d1ba293', '3055b10d86ff0c558eccff6b1eeb213d', 'default', 1795866378961, '203.0.113.153'),
	('01a22343-e250-702a-87f4-54f1b20713b7', '5f75cc2e4aa7758394e0777797004214', 'default', 1795873578961, '203.0.113.14'),
	('01a22343-e2e3-702d-abc8-a1367ca4aea0', '66b5b0965e6bb2e7aefaf3f974b30d5f', 'default', 1795880778961, '203.0.113.168'),
	('01a22344-393b-7000-8ab9-48d77acee26d', 'golden-machine', 'default', 1795888003531, '127.0.0.1'),
	('01a22344-393b-7000-8ab9-48d77acee26d', 'golden-machine-2', 'default', 1795888003836, '127.0.0.1'),
	('01a22344-393b-7001-9aa6-8a62a1b78698', 'golden-machine', 'default', 1795888004051, '127.0.0.1'),
	('01a22344-393b-7002-afb5-51f827ad5565', 'golden-machine', 'default', 1795888004175, '127.0.0.1');

INSERT INTO public.idempotency_keys VALUES
	('default', '01a22344-1f87-7000-879e-6eb74bc6e86c', 'golden-staff', '853c528ebd002c0ee26473c665f4631d7d4fda1c52483e1e42a03bf967499666', 1795888001670, 201, '{"success":true,"staff":{"id":"01a22344-3297-7000-a0a0-e2738e03c4c7","username":"bo","display_name":"bo","role":"analyst","state":"active","created_at":"2026-11-28T17:46:41.687Z","last_sign_in_at":null,"locked_until":null}}'),
	('default', '01a22344-1f87-7000-879e-6eb74bc6e86c', 'golden-keys', '6018fd281bf58f356288f0f5b8228188117f9a84c05178f8ff33218abacb2f0b', 1795888003177, 200, '{"success":true,"batch_id":"01a22344-38ac-7000-bcb5-37af890f0212","count":12,"keys":["GOLD-54SXX4QXDCQZ","GOLD-G5QD2TNBXSBK","GOLD-BCPE79A3NAAK","GOLD-B2GEQPBUJHKH","GOLD-WNJBAMM9H4U3","GOLD-ZPY8WAGTSHBZ","GOLD-F7JB279RDZXJ","GOLD-49B2AUF7NX7J","GOLD-6PQEJBC44TU2","GOLD-AWHME6NUFVPY","GOLD-WCTGK7BXQ7VB","GOLD-X8YQ58QEXKJ4"]}');

INSERT INTO public.job_runs VALUES
	('01a22344-36e4-7000-858d-1cc9540603a4', 'storage.tidy', 1795888002703, 73, 1, 'job.storage.tidy.done0');

INSERT INTO public.job_states VALUES
	('accounts.tidy', NULL, 1795887986002, NULL, NULL, NULL, NULL, NULL),
	('keys.expire', NULL, 1795887986002, NULL, NULL, NULL, NULL, NULL),
	('storage.integrity', NULL, 1795887986002, NULL, NULL, NULL, NULL, NULL),
	('storage.tidy', '0 */20 * * * ?', 1795888002375, 1795888002703, 1795888002776, 1, 'job.storage.tidy.done0', NULL);

INSERT INTO public.license_events VALUES
	('01a22343-e250-700b-af54-93e457e6dd4a', '01a22343-e3b9-7000-9f51-48f2ffaf2477', 'default', 1793324778961, 'activated', 'public', '203.0.113.227', '["f8dd41c98fc01eedad631b8b30df458f"]'),
	('01a22343-e1ac-704a-8d72-7c1c656190bf', '01a22343-e3cf-7000-a6a9-968f7b7062e4', 'default', 1793353578961, 'activated', 'public', '203.0.113.31', '["1632cfb1782123abff39ca8992f8064f"]'),
	('01a22343-e1ac-704a-8d72-7c1c656190bf', '01a18cd8-c551-7a20-a69b-00f7e939b449', 'default', 1793364378961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7053-bd27-735152fc944e', '01a22343-e428-7000-a106-4755805614b4', 'default', 1793394721818, 'activated', 'public', '203.0.113.69', '["4d8c9983a7c776cf311c6ddc7d03c3e2"]'),
	('01a22343-e1ac-7030-b36a-7e240cfc491b', '01a22343-e44b-7000-bc90-db5560b007a9', 'default', 1793407064676, 'activated', 'public', '203.0.113.32', '["e57ea0ae48ec03d8b0a5184f6d96514c"]'),
	('01a22343-e250-7008-a2c3-5cc5d3910ea2', '01a22343-e451-7000-ba8f-4dd1d8b93e2b', 'default', 1793419407533, 'activated', 'public', '203.0.113.89', '["0e2a5d8dcc74c07016f0085c1f384035"]'),
	('01a22343-e1ac-7041-80c1-57903b0a04e1', '01a22343-e457-7000-9cc7-25223d05ca68', 'default', 1793431750390, 'activated', 'public', '203.0.113.189', '["59c63a3d186308a32adccba3dc825e99"]'),
	('01a22343-e250-700a-a327-dec9a584edad', '01a22343-e461-7000-97ca-cf8df1ccd41a', 'default', 1793444093247, 'activated', 'public', '203.0.113.45', '["f64b29d810e6dc697b6595d1e9f134b5"]'),
	('01a22343-e1ac-7078-baf6-d37bbaa81bbd', '01a22343-e46f-7000-8088-dab5d08b3b99', 'default', 1793456436104, 'activated', 'public', '203.0.113.90', '["38d67e1f5b8aa716f8917abca0467112"]'),
	('01a22343-e1ac-7078-baf6-d37bbaa81bbd', '01a22343-e47d-7000-97d6-fc18b8f1bce4', 'default', 1793456436104, 'suspended', 'demo', NULL, '["Chargeback"]'),
	('01a22343-e1ac-7053-bd27-735152fc944e', '01a18f4c-8f9a-7aaa-b6bd-aca541ca19e6', 'default', 1793405521818, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7030-b36a-7e240cfc491b', '01a19008-e5e4-702a-859c-a68ce96fbbbc', 'default', 1793417864676, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7041-80c1-57903b0a04e1', '01a19181-9276-7a31-bcbc-a2b719b54bbf', 'default', 1793442550390, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-702f-b55a-f3ca8c6466e8', '01a22343-e4cc-7000-a222-ff3da630652b', 'default', 1793483178961, 'activated', 'public', '203.0.113.92', '["a099720444fcb37de61197fb98f37b4d"]'),
	('01a22343-e1ac-701e-8b43-cc6c449b3f54', '01a22343-e4eb-7000-a825-6ae334f6b8ba', 'default', 1793497578961, 'activated', 'public', '203.0.113.164', '["81c3d34f528462d4b36e5518d4fc355f"]'),
	('01a22343-e250-7057-beb3-78045e8c4a04', '01a22343-e4f4-7000-a588-5895dfe97479', 'default', 1793511978961, 'activated', 'public', '203.0.113.94', '["45edd5cd14a18d852dcb90ff8141c415"]'),
	('01a22343-e250-7042-837c-7932b13a7d1d', '01a22343-e4fa-7000-8354-e9ffbdcf5c93', 'default', 1793526378961, 'activated', 'public', '203.0.113.16', '["de06d3c16825a4222779f187ab89c88b"]'),
	('01a22343-e250-7040-9c38-75c1f87c1184', '01a22343-e507-7000-a90d-3834bbea8fab', 'default', 1793540778961, 'activated', 'public', '203.0.113.47', '["b248f071abb80123c788948ad87dbdcb"]'),
	('01a22343-e1ac-702f-b55a-f3ca8c6466e8', '01a19492-4f51-73b1-a41c-2a8ab7e0a58e', 'default', 1793493978961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-701e-8b43-cc6c449b3f54', '01a1956e-0951-7736-9621-0f0a97e2bcfa', 'default', 1793508378961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7062-b78e-49a3d43d32db', '01a22343-e528-7000-a3f7-749426ab147e', 'default', 1793567521818, 'activated', 'public', '203.0.113.39', '["5f23db76ee058c4b9d19959e6b9550d7"]'),
	('01a22343-e1ac-7062-b78e-49a3d43d32db', '01a22343-e544-7000-a9af-3b196f90aaab', 'default', 1793567521818, 'revoked', 'demo', NULL, '["Refunded"]'),
	('01a22343-e250-7045-a2c5-e2c6f1cbec8c', '01a22343-e596-7000-a8ca-21ef2f9b3f78', 'default', 1793579864676, 'activated', 'public', '203.0.113.241', '["268c603088959c29d43dfca4c2e1274d"]'),
	('01a22343-e1ac-7082-b6db-1387c458a955', '01a22343-e5a4-7000-881b-c24e407177a5', 'default', 1793592207533, 'activated', 'public', '203.0.113.252', '["10683b0592fbab6582e21c8be50db096"]'),
	('01a22343-e1ac-701a-ae5c-c43063f3a64d', '01a22343-e5d6-7000-ad2d-e4d0dc5d4820', 'default', 1793604550390, 'activated', 'public', '203.0.113.55', '["937ec739c22e401de16b442742c670f7"]'),
	('01a22343-e1ac-7063-9575-f917c04f93a2', '01a22343-e5f6-7000-9770-a4a2a6a632ee', 'default', 1793616893247, 'activated', 'public', '203.0.113.238', '["ca1d918b98b52f654b54b0230ecada32"]'),
	('01a22343-e250-7048-a4d4-5f3998673ab7', '01a22343-e5fb-7000-8249-6223b7157d27', 'default', 1793629236104, 'activated', 'public', '203.0.113.120', '["ba80e01da9247171aec7f19858ac81c7"]'),
	('01a22343-e1ac-7082-b6db-1387c458a955', '01a19b11-f42d-75f3-aa84-818f8a9cd7c6', 'default', 1793603007533, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-701a-ae5c-c43063f3a64d', '01a19bce-4a76-7797-95cf-4bc1ee672801', 'default', 1793615350390, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7063-9575-f917c04f93a2', '01a19c8a-a0bf-7823-aa13-c6a378867d41', 'default', 1793627693247, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e250-7062-8917-9dd73255b16e', '01a22343-e617-7000-b093-4e9073303204', 'default', 1793653921818, 'activated', 'public', '203.0.113.29', '["04bcca5fa74672fe82e204ace557ae71"]'),
	('01a22343-e250-7038-a332-cef504889136', '01a22343-e627-7000-a1c6-1dc62b28e9ab', 'default', 1793666264676, 'activated', 'public', '203.0.113.43', '["40e59b97a9d35b2115fa18385735f001"]'),
	('01a22343-e2e3-7013-a4af-78c2df45b9e0', '01a22343-e62f-7000-bc67-ffba4932a0d9', 'default', 1793678607533, 'activated', 'public', '203.0.113.144', '["c6053974135bb807663efc1ee560308f"]'),
	('01a22343-e2e3-7024-888d-0a82c418bbd7', '01a22343-e635-7000-8c56-41be3dc04906', 'default', 1793690950390, 'activated', 'public', '203.0.113.230', '["9fe7aac23dc87e6e24a06943f2e4df75"]'),
	('01a22343-e2e3-702a-8426-670fbaa96a40', '01a22343-e63e-7000-ba1f-891fd481e4b4', 'default', 1793703293247, 'activated', 'public', '203.0.113.20', '["4dd7c5d0dab49758e027dd3059d8f4e1"]'),
	('01a22343-e250-7010-b25b-6bfd17f11d3a', '01a22343-e65b-7000-8ab9-4558a8c19510', 'default', 1793715636104, 'activated', 'public', '203.0.113.67', '["828fccc37ba5c1a1f618010ac4d3f48f"]'),
	('01a22343-e1ac-7072-b6c9-331e4f00e270', '01a22343-e66f-7000-99a5-f3dcab0335c1', 'default', 1793749578961, 'activated', 'public', '203.0.113.64', '["7780533bb300d0d7db7fc2c0262eb956"]'),
	('01a22343-e1ac-7029-840d-c5d47fb8dbb5', '01a22343-e672-7000-8cc6-5143e29ee2e6', 'default', 1793771178961, 'activated', 'public', '203.0.113.126', '["fb4c91179ac55d6b49db7d09b05f4911"]'),
	('01a22343-e1ac-7016-b1e8-9ab955d60586', '01a22343-e67b-7000-aa55-cf0cc5a26576', 'default', 1793792778961, 'activated', 'public', '203.0.113.93', '["a96f527780e135b65a0fec255ba7f441"]'),
	('01a22343-e1ac-7072-b6c9-331e4f00e270', '01a1a473-4051-7e83-820a-f1901cd5fa47', 'default', 1793760378961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7029-840d-c5d47fb8dbb5', '01a1a5bc-d751-79c0-9dc9-1a34967c0393', 'default', 1793781978961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7016-b1e8-9ab955d60586', '01a1a706-6e51-75e0-b1aa-a33c338d0468', 'default', 1793803578961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e250-704a-bc64-d48abdc2d820', '01a22343-e697-7000-976d-44ee2270ab5c', 'default', 1793826721818, 'activated', 'public', '203.0.113.209', '["f3e0d286f5382421e9393ea536a428c2"]'),
	('01a22343-e1ac-703d-8f81-b845de2b3f49', '01a22343-e6ae-7000-9eed-2b3465883da8', 'default', 1793839064676, 'activated', 'public', '203.0.113.166', '["a89bc7b07631f07a68e4e16edd8c214e"]'),
	('01a22343-e1ac-7070-bd9f-4910c3ed9368', '01a22343-e6b5-7000-abe7-b7de5b4842aa', 'default', 1793851407533, 'activated', 'public', '203.0.113.8', '["fb8d52167c88ed57c2de5ded397ee321"]'),
	('01a22343-e1ac-7070-bd9f-4910c3ed9368', '01a22343-e6b8-7000-88aa-333c138a8fec', 'default', 1793851407533, 'suspended', 'demo', NULL, '["Chargeback"]'),
	('01a22343-e250-704e-b0e3-95c0e3b7f6f8', '01a22343-e6c4-7000-98d2-99d621439ce2', 'default', 1793863750390, 'activated', 'public', '203.0.113.101', '["56179e04e4246e34329ef1a5e73577a5"]'),
	('01a22343-e1ac-707a-b50a-a44f85b053fc', '01a22343-e6d4-7000-8bc8-47357d5e7471', 'default', 1793876093247, 'activated', 'public', '203.0.113.197', '["4345c2ec14e3e6d990afc15ebd13d565"]'),
	('01a22343-e250-7032-83a6-76e67087a3de', '01a22343-e6d7-7000-8c87-5bd49bab668d', 'default', 1793888436104, 'activated', 'public', '203.0.113.83', '["e2786ddc912520f992cbe79cde17ff03"]'),
	('01a22343-e1ac-7044-8c40-d1669082b902', '01a1b153-2651-7434-9cb2-4c98bc446c78', 'default', 1793976378961, 'expired', 'Gatehouse', NULL, '[]');
INSERT INTO public.license_events VALUES
	('01a22343-e1ac-707d-817e-8c7087ed2b76', '01a22343-e6fc-7000-95ab-7db56c51361b', 'default', 1793997978961, 'activated', 'public', '203.0.113.50', '["97f3017ead174740d811ccb275f0cff7"]'),
	('01a22343-e1ac-7003-b09e-c14f089a4e64', '01a22343-e700-7000-b08b-53fcc4e63a33', 'default', 1794008778961, 'activated', 'public', '203.0.113.56', '["4b963527742a6b160121f1b7ae952d6c"]'),
	('01a22343-e1ac-7076-a2ee-eacdb983b797', '01a22343-e703-7000-8846-dba631a32c59', 'default', 1794019578961, 'activated', 'public', '203.0.113.25', '["cd8afa4729ab8e5c7d1970ccd2b084bc"]'),
	('01a22343-e250-7035-9689-b5e5e30c7d0c', '01a22343-e705-7000-af87-9c072c1c4756', 'default', 1794030378961, 'activated', 'public', '203.0.113.150', '["f38ecf8afb15a8e9af74480921a37b7b"]'),
	('01a22343-e1ac-7013-96c6-641d8c21f9dc', '01a22343-e70c-7000-9951-9bb7765fa38a', 'default', 1794041178961, 'activated', 'public', '203.0.113.239', '["01a133bf33ce0914f487fdf53526e36f"]'),
	('01a22343-e1ac-7093-94a1-e1f9f8dcdafd', '01a22343-e710-7000-8f13-60050c73b8f6', 'default', 1794051978961, 'activated', 'public', '203.0.113.54', '["7ee8043cc9c4cf048d98882938e79010"]'),
	('01a22343-e1ac-7023-9467-71b0c70e68a6', '01a22343-e713-7000-a914-9011892fea50', 'default', 1794062778961, 'activated', 'public', '203.0.113.143', '["51b7cc6add5702f3cc818b40024f8bfb"]'),
	('01a22343-e1ac-707f-b140-8c11ac946aa2', '01a1ba56-4751-7ea4-8b24-689d88262fca', 'default', 1794127578961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-700a-b633-552ab5635e1e', '01a1bb9f-de51-7e51-8dbb-a37de44d43da', 'default', 1794149178961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-706a-b12e-b974d3ddc9fd', '01a22343-e759-7000-8bc3-a32f3a9bfb13', 'default', 1794174378961, 'activated', 'public', '203.0.113.248', '["b311d1e98bd2dc0936d1e25e24166f3b"]'),
	('01a22343-e1ac-7039-8642-db2af1f15c49', '01a22343-e75e-7000-a718-3ad35759011e', 'default', 1794188778961, 'activated', 'public', '203.0.113.243', '["4eab46bfa729ca447888e156602133b2"]'),
	('01a22343-e1ac-7031-bf50-fdd862d9662e', '01a22343-e76b-7000-85f7-26ca44d18461', 'default', 1794203178961, 'activated', 'public', '203.0.113.223', '["2379119258d1e0992c6cc776b38779a7"]'),
	('01a22343-e250-7004-b6f8-004ec2ddb420', '01a22343-e76f-7000-bf62-ee6b4c6579df', 'default', 1794217578961, 'activated', 'public', '203.0.113.226', '["a30bc7a16b0938e68aa6f7b94179c997"]'),
	('01a22343-e250-700d-83f5-540df511a175', '01a22343-e77b-7000-9442-c6a8b29afb64', 'default', 1794231978961, 'activated', 'public', '203.0.113.98', '["ac0cb52b809f9ac231fdfa622c0976ae"]'),
	('01a22343-e1ac-7051-aa78-3c7917857989', '01a1c388-7de4-79eb-93a8-6f30cb9ae06a', 'default', 1794281864676, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-700b-98a8-c24195f3a457', '01a1c444-d42d-740d-82bd-3e17feef2bb6', 'default', 1794294207533, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7006-98c9-ae7cc936f7d4', '01a1c501-2a76-7a70-b54a-ba284bab9031', 'default', 1794306550390, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-708f-957a-8b7ba3a81b35', '01a1c5bd-80bf-75be-acc5-9140aa219cfe', 'default', 1794318893247, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e2e3-701b-a715-88d516b2c4ec', '01a22343-e87b-7000-9b5a-cfcbb9800453', 'default', 1794343578961, 'activated', 'public', '203.0.113.200', '["970e8a32c4f50ac88d40cefbad77783b"]'),
	('01a22343-e250-700c-815b-0307db59a616', '01a22343-e890-7000-8ebf-1288b5d222f9', 'default', 1794354378961, 'activated', 'public', '203.0.113.1', '["adfffa390f8d2a6446afd06daef086ff"]'),
	('01a22343-e2e3-702e-a2c4-351dd9594047', '01a22343-e8b7-7000-971e-515006d44edf', 'default', 1794365178961, 'activated', 'public', '203.0.113.202', '["4918befcb6dae76511c56b1d7a58b79d"]'),
	('01a22343-e1ac-705f-b90f-770b2268b20d', '01a22343-e8ca-7000-ba10-161ecd9ec860', 'default', 1794375978961, 'activated', 'public', '203.0.113.215', '["6143617159acb51422c3da06625c8412"]'),
	('01a22343-e1ac-708a-a63c-ec35c425337a', '01a1cb12-f251-76e2-b8f2-917547843b00', 'default', 1794408378961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7004-ab4f-08c798f104db', '01a1cbb7-bdd1-7f25-ad75-b453ee3ea59e', 'default', 1794419178961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e250-702d-8187-ce8313fa51c8', '01a22343-e91e-7000-a91f-7eb753f497a3', 'default', 1794436458961, 'activated', 'public', '203.0.113.14', '["c19c6ebc39e5770f0c4c1caf8fdd607e"]'),
	('01a22343-e250-7018-a123-893afaaad9a6', '01a22343-e929-7000-9581-9d81f1a9fef1', 'default', 1794453738961, 'activated', 'public', '203.0.113.24', '["4ab268029dbe6aadfe561869883065be"]'),
	('01a22343-e1ac-700d-8d1c-7af0159f9a70', '01a22343-e92e-7000-a441-ec676e5e23a4', 'default', 1794471018961, 'activated', 'public', '203.0.113.94', '["111d33d6cd5cbd558f8323467edaf7c9"]'),
	('01a22343-e1ac-704b-9947-4cceb491bd47', '01a22343-e936-7000-9c19-13007851143c', 'default', 1794488298961, 'activated', 'public', '203.0.113.159', '["a3a13509840675127edb3da26da57321"]'),
	('01a22343-e1ac-702e-bb5f-0bcaf44e415c', '01a1d28a-9151-7ed1-b737-3a12778cf333', 'default', 1794533658961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7008-b7fb-597d8663e7ea', '01a1d392-3d51-722a-ab15-c74d97ed6be0', 'default', 1794550938961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7068-a858-615e8622a4d4', '01a1d499-e951-7d52-a598-fef62df5e5ab', 'default', 1794568218961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-708b-b004-2045b25cd97d', '01a1d5a1-9551-7e5a-a8d4-5ccf44fe703b', 'default', 1794585498961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7069-8b98-8c00dd5facd2', '01a22343-ea0b-7000-bd26-4e17b9b9add1', 'default', 1794602778961, 'activated', 'public', '203.0.113.188', '["7919f0848dd2729ebadec39eba804495"]'),
	('01a22343-e250-7053-bd58-0b0810b306b6', '01a22343-ea25-7000-a6c0-7f7aa14ab78b', 'default', 1794613578961, 'activated', 'public', '203.0.113.191', '["6567d3d2998da1895ac9a46470163a6e"]'),
	('01a22343-e250-7058-84bb-3e81db9be001', '01a22343-ea33-7000-9913-d63564b85ada', 'default', 1794624378961, 'activated', 'public', '203.0.113.167', '["8b7cc0a2b06698a2ac54a937c3ee496f"]'),
	('01a22343-e1ac-7042-9787-b8421d0583ff', '01a22343-ea37-7000-b1c5-7ffd138ae251', 'default', 1794635178961, 'activated', 'public', '203.0.113.56', '["8ee5ccebab53e87fe284e5d9517f24ff"]'),
	('01a22343-e2e3-7010-a290-34312fcdc8ee', '01a22343-ea3a-7000-b7a3-054e9bc87faa', 'default', 1794645978961, 'activated', 'public', '203.0.113.205', '["1c075009918e45a4d90a497d169c37ca"]'),
	('01a22343-e250-703f-9858-364473fb32b5', '01a22343-ea3d-7000-8ebe-2f29575ad3fc', 'default', 1794656778961, 'activated', 'public', '203.0.113.64', '["62320759810f37485d1aadb45f0086cf"]'),
	('01a22343-e1ac-7086-b600-92282fa61a30', '01a22343-ea41-7000-a33a-8d3a38747018', 'default', 1794667578961, 'activated', 'public', '203.0.113.233', '["19c8313fdec37f6deb2c3deda00b8a28"]'),
	('01a22343-e1ac-7094-970d-aa7ba0fa5f6a', '01a1ddde-f551-7b33-90a3-2ce237ad9afe', 'default', 1794723738961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-703d-8f81-b845de2b3f49', '01a1a9c8-b1e4-74fb-80a2-bff4c2c7d93c', 'default', 1793849864676, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-707a-b50a-a44f85b053fc', '01a1abfd-b4bf-7893-9560-f4fde9a27e29', 'default', 1793886893247, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e250-704b-b0b4-8574873a7f2d', '01a22343-e6eb-7000-8e28-98f7723b5530', 'default', 1793922378961, 'activated', 'public', '203.0.113.19', '["7b94a8590707b2b3dff3e4a408320883"]'),
	('01a22343-e2e3-700c-b42c-1851a3357a90', '01a22343-e6ee-7000-a0ac-74dbbcb6fed9', 'default', 1793943978961, 'activated', 'public', '203.0.113.138', '["9012e0c75222ede0dbea6e5ba974cb81"]'),
	('01a22343-e1ac-7044-8c40-d1669082b902', '01a22343-e6f3-7000-b207-f13cd8a45e68', 'default', 1793965578961, 'activated', 'public', '203.0.113.207', '["0b922bfca34c9f5ad0be51a4948799de"]'),
	('01a22343-e1ac-707d-817e-8c7087ed2b76', '01a1b341-88d1-7bac-b153-ab5d7146e82c', 'default', 1794008778961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7003-b09e-c14f089a4e64', '01a1b3e6-5451-71dd-b6f4-07a1eaad594e', 'default', 1794019578961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7076-a2ee-eacdb983b797', '01a1b48b-1fd1-7ca6-a8b5-61912e8d7e12', 'default', 1794030378961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7013-96c6-641d8c21f9dc', '01a1b5d4-b6d1-7aca-a952-c205ab2de249', 'default', 1794051978961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7093-94a1-e1f9f8dcdafd', '01a1b679-8251-7895-8e3d-e112d12e45c3', 'default', 1794062778961, 'expired', 'Gatehouse', NULL, '[]');
INSERT INTO public.license_events VALUES
	('01a22343-e1ac-7023-9467-71b0c70e68a6', '01a1b71e-4dd1-7872-bef0-6cc2b46974f7', 'default', 1794073578961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e250-7009-965c-8f6f703910eb', '01a22343-e730-7000-bb25-7ce457620c7d', 'default', 1794095178961, 'activated', 'public', '203.0.113.148', '["32a391b04359382affe6615d0a79f73a"]'),
	('01a22343-e1ac-707f-b140-8c11ac946aa2', '01a22343-e743-7000-ab3c-ca92f62ba97b', 'default', 1794116778961, 'activated', 'public', '203.0.113.172', '["966f4a73eb6b193126a7cb0dbea82cf6"]'),
	('01a22343-e1ac-700a-b633-552ab5635e1e', '01a22343-e74e-7000-b77b-487c55c0984b', 'default', 1794138378961, 'activated', 'public', '203.0.113.98', '["54e897a1ebfada76a066da1bdc5f36b0"]'),
	('01a22343-e1ac-706a-b12e-b974d3ddc9fd', '01a1bdc5-2f51-75fb-afed-72f75e536b87', 'default', 1794185178961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7039-8642-db2af1f15c49', '01a1bea0-e951-74a2-ae85-168aa2f8929f', 'default', 1794199578961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7031-bf50-fdd862d9662e', '01a1bf7c-a351-7261-834b-fdadf5c29beb', 'default', 1794213978961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e2e3-700e-8539-211daa452551', '01a22343-e79e-7000-8599-cefd7884e23a', 'default', 1794258721818, 'activated', 'public', '203.0.113.131', '["3452e5b0b950241af92a325c0ba2179b"]'),
	('01a22343-e1ac-7051-aa78-3c7917857989', '01a22343-e7c7-7000-8a85-a94a443f9b9b', 'default', 1794271064676, 'activated', 'public', '203.0.113.232', '["7a069506acd5517ba8d805858453b5d7"]'),
	('01a22343-e1ac-700b-98a8-c24195f3a457', '01a22343-e7eb-7000-b40e-fe7914af5d09', 'default', 1794283407533, 'activated', 'public', '203.0.113.141', '["5af9838c923f0969505167334f36173b"]'),
	('01a22343-e1ac-7006-98c9-ae7cc936f7d4', '01a22343-e7fe-7000-9b12-86c2aaed3029', 'default', 1794295750390, 'activated', 'public', '203.0.113.18', '["b323bd2794657af134f04c93d7b7b4bc"]'),
	('01a22343-e1ac-708f-957a-8b7ba3a81b35', '01a22343-e81f-7000-9462-ff915afe5759', 'default', 1794308093247, 'activated', 'public', '203.0.113.202', '["45ec7faa1d5414c61f8a4079b2b1f08b"]'),
	('01a22343-e2e3-7004-bd91-80e128bbecf3', '01a22343-e846-7000-92ad-c57f6284b66d', 'default', 1794320436104, 'activated', 'public', '203.0.113.75', '["01006df46b4e6f537a4a48d6e337dbe0"]'),
	('01a22343-e1ac-705f-b90f-770b2268b20d', '01a22343-e8d9-7000-a291-a2c63202e9cf', 'default', 1794375978961, 'revoked', 'demo', NULL, '["Refunded"]'),
	('01a22343-e250-705f-a99f-7172cc8a60f1', '01a22343-e8ff-7000-82ec-7577da092af4', 'default', 1794386778961, 'activated', 'public', '203.0.113.7', '["b5d4ab2177fdef039fa217177ccca282"]'),
	('01a22343-e1ac-708a-a63c-ec35c425337a', '01a22343-e90b-7000-ad94-146399bb6973', 'default', 1794397578961, 'activated', 'public', '203.0.113.214', '["40c67f024b01c5a693bf551e339d4ecd"]'),
	('01a22343-e1ac-7004-ab4f-08c798f104db', '01a22343-e911-7000-ac5d-96850ca32e57', 'default', 1794408378961, 'activated', 'public', '203.0.113.50', '["3021ca4ceee3b3798b9ba078b8351c0a"]'),
	('01a22343-e1ac-700d-8d1c-7af0159f9a70', '01a1cf73-8d51-7913-a348-f12b3f9787a3', 'default', 1794481818961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-704b-9947-4cceb491bd47', '01a1d07b-3951-7768-b02f-60d14c3cca84', 'default', 1794499098961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-702e-bb5f-0bcaf44e415c', '01a22343-e94f-7000-9d93-0c9c52559f8f', 'default', 1794522858961, 'activated', 'public', '203.0.113.242', '["6fbf1675155e22035722174e4d50f3b4"]'),
	('01a22343-e1ac-7008-b7fb-597d8663e7ea', '01a22343-e987-7000-a5d9-e1e36ebd001e', 'default', 1794540138961, 'activated', 'public', '203.0.113.69', '["1376ae53d1b451124feff8ea6040b4d7"]'),
	('01a22343-e1ac-7068-a858-615e8622a4d4', '01a22343-e9b3-7000-a07e-5b838919b9b9', 'default', 1794557418961, 'activated', 'public', '203.0.113.252', '["f74ac9c914a555a49f1c861210b6a6a9"]'),
	('01a22343-e1ac-708b-b004-2045b25cd97d', '01a22343-e9db-7000-a6ed-e62ccc975579', 'default', 1794574698961, 'activated', 'public', '203.0.113.149', '["67b6f2b603adece7e3d766a5df567b2b"]'),
	('01a22343-e1ac-7069-8b98-8c00dd5facd2', '01a1d74e-0cd1-7a16-9869-7bbe959a62ac', 'default', 1794613578961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7042-9787-b8421d0583ff', '01a1d93c-6f51-7b36-8de9-fe4da96fd6e7', 'default', 1794645978961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7086-b600-92282fa61a30', '01a1db2a-d1d1-79fb-b8ea-29bc30f891fb', 'default', 1794678378961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e250-7023-8aa1-980f20b4f282', '01a22343-ea5b-7000-8e61-42c4859a28e4', 'default', 1794695658961, 'activated', 'public', '203.0.113.200', '["bdf828aa4cd73981a3b7a371ba72e1ac"]'),
	('01a22343-e1ac-7094-970d-aa7ba0fa5f6a', '01a22343-ea5f-7000-8a46-eceace50744e', 'default', 1794712938961, 'activated', 'public', '203.0.113.163', '["0680484db080082021c901793d76f1f1"]'),
	('01a22343-e250-7003-b2fe-0d7865f3b5d6', '01a22343-ea64-7000-895d-55b180d284e0', 'default', 1794730218961, 'activated', 'public', '203.0.113.209', '["0e2d7b08d25624663534ca4971156565"]'),
	('01a22343-e250-701e-9f53-8435fd03a7bd', '01a22343-ea66-7000-97c1-c6b16becaf25', 'default', 1794747498961, 'activated', 'public', '203.0.113.165', '["36a3f0c6efc1bf66ddd6e6212cb20ebe"]'),
	('01a22343-e1ac-7027-92ed-534101422c68', '01a1e188-7551-7d57-af0e-59ed99181d1d', 'default', 1794785178961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7015-a606-d6b92c00eb26', '01a1e2ad-6d51-723e-bcd2-f5644913b0ed', 'default', 1794804378961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7047-85a0-810469af28d3', '01a1e33f-e951-7a4f-a29d-6c2c3b08afac', 'default', 1794813978961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7001-9dbb-3f980aaf4567', '01a1e4f7-5d51-7a73-868a-4440194bd2bf', 'default', 1794842778961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e2e3-7002-827f-68dea3263024', '01a22343-eaa3-7000-adde-fffa31a8bf53', 'default', 1794865578961, 'activated', 'public', '203.0.113.233', '["7718eef814634f8f9d48f4a9bb2033e9"]'),
	('01a22343-e250-704f-8edb-e2a718780bea', '01a22343-eaad-7000-ae86-ea5208e230c9', 'default', 1794879978961, 'activated', 'public', '203.0.113.128', '["a1d6352d313b9a3ef693d6e5031df593"]'),
	('01a22343-e1ac-7089-a363-9ddf12aa3a49', '01a1e589-d951-75cf-8bb2-b61c0247f14a', 'default', 1794852378961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7027-92ed-534101422c68', '01a22343-ea6d-7000-b1ad-521544cfe17e', 'default', 1794774378961, 'activated', 'public', '203.0.113.197', '["0955444772e2385713f60f5c253f6576"]'),
	('01a22343-e250-701d-a323-8570eee94642', '01a22343-ea75-7000-bf19-ebbc25a3af3e', 'default', 1794783978961, 'activated', 'public', '203.0.113.199', '["1c77201cfe13bdfc12faec801da557d4"]'),
	('01a22343-e1ac-7015-a606-d6b92c00eb26', '01a22343-ea80-7000-8ee3-d11d024c2418', 'default', 1794793578961, 'activated', 'public', '203.0.113.187', '["f4d66ca81e97787c31b6ab314a554f4f"]'),
	('01a22343-e1ac-7047-85a0-810469af28d3', '01a22343-ea84-7000-9c64-096142a9a680', 'default', 1794803178961, 'activated', 'public', '203.0.113.167', '["8fef121858d0c25bf6390f5e99038c5c"]'),
	('01a22343-e250-7055-9e7d-3ebeb292e781', '01a22343-ea87-7000-9fd0-ed4677f245f5', 'default', 1794812778961, 'activated', 'public', '203.0.113.139', '["e52a056689b409f418216a3e7f3ab466"]'),
	('01a22343-e250-702c-9b98-fb757e49eaca', '01a22343-ea8a-7000-b9da-17c9f30aa224', 'default', 1794822378961, 'activated', 'public', '203.0.113.188', '["e5f411d7b4dc1363c7a71482b5c701af"]'),
	('01a22343-e1ac-7001-9dbb-3f980aaf4567', '01a22343-ea8d-7000-90cf-f7f48db2a7c2', 'default', 1794831978961, 'activated', 'public', '203.0.113.132', '["055c8268baa263697481b62d75197b09"]'),
	('01a22343-e1ac-7089-a363-9ddf12aa3a49', '01a22343-ea90-7000-94c8-14a619052abb', 'default', 1794841578961, 'activated', 'public', '203.0.113.93', '["ef9743b0c708c5f764b67a612d44fba4"]'),
	('01a22343-e250-704f-8edb-e2a718780bea', '01a22343-eacb-7000-bc47-87a6003766fd', 'default', 1794879978961, 'suspended', 'demo', NULL, '["Chargeback"]'),
	('01a22343-e1ac-7073-8402-5636ef114611', '01a22343-eb12-7000-934e-42f6ab684e8c', 'default', 1794894378961, 'activated', 'public', '203.0.113.250', '["6690fb45eb6c893d55ec686ec29417ea"]'),
	('01a22343-e250-7021-a2dc-7b7e98c9eb3f', '01a22343-eb1d-7000-8e32-ef7d9554aae2', 'default', 1794908778961, 'activated', 'public', '203.0.113.218', '["019afdc4aac4ecb3f83cbe24c0ea46fe"]'),
	('01a22343-e250-7016-b2ae-752f117efb8c', '01a22343-eb21-7000-8b02-a4123c42066f', 'default', 1794923178961, 'activated', 'public', '203.0.113.22', '["7ddab48ae9ac631dfda6e098b1a504b0"]'),
	('01a22343-e1ac-7060-a66f-e6c2fca2bf0d', '01a22343-eb42-7000-ab5f-4252b53b28be', 'default', 1794985578961, 'revoked', 'demo', NULL, '["Refunded"]');
INSERT INTO public.license_events VALUES
	('01a22343-e2e3-7011-96df-ee1cab3b4ffe', '01a22343-eb5b-7000-85b0-137c9e79503f', 'default', 1794995178961, 'activated', 'public', '203.0.113.83', '["796798de9128de36dbd1b95126939109"]'),
	('01a22343-e250-7039-88ef-64d88422f919', '01a22343-eb6c-7000-bb3c-8d4ec75a3908', 'default', 1795004778961, 'activated', 'public', '203.0.113.29', '["17e5df412cb51f2d7361e361c2fee006"]'),
	('01a22343-e2e3-7001-a661-9bd743a573fc', '01a22343-eb7b-7000-8135-5a7375336286', 'default', 1795014378961, 'activated', 'public', '203.0.113.79', '["a3353c0d0225f0048154d788f654d0c4"]'),
	('01a22343-e1ac-7084-9807-7535765fee64', '01a1f10d-d8d1-70c2-864c-8a27a1fedb3a', 'default', 1795045578961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7028-af56-584b8bc32227', '01a1f1b2-a451-78cd-871c-5ae8807c0dbd', 'default', 1795056378961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-703e-8997-afc26827598d', '01a1f257-6fd1-72a9-af91-127bc3581340', 'default', 1795067178961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7083-8876-72b8994b64aa', '01a1f3a1-06d1-72d4-9f85-f2e99564bd16', 'default', 1795088778961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7017-9fa3-ff94eedee61b', '01a1f445-d251-7a7c-b349-06d68f74af7b', 'default', 1795099578961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e2e3-702c-81d0-f5b2dfd694f7', '01a22343-ec7c-7000-90d0-7d08b218d937', 'default', 1795122721818, 'activated', 'public', '203.0.113.159', '["73fdbc95cc5c9b6f54479a7e278ae8a2"]'),
	('01a22343-e250-702f-b0dc-679e6b1f65a5', '01a22343-ecb7-7000-b874-8b3b6f2a72d8', 'default', 1795135064676, 'activated', 'public', '203.0.113.148', '["cf2cb543e143c9a733243031455176e3"]'),
	('01a22343-e1ac-701b-a596-82ce68ff86c8', '01a22343-ed07-7000-81b4-d00743b8b974', 'default', 1795147407533, 'activated', 'public', '203.0.113.178', '["46af674ce29d792bc8349e4a9cc45f6e"]'),
	('01a22343-e250-701f-98bf-5a6d2f9ae618', '01a22343-ed09-7000-96ee-0834d67e16dd', 'default', 1795159750390, 'activated', 'public', '203.0.113.51', '["00a880e9ddd600c810d63073710bb920"]'),
	('01a22343-e1ac-702a-8cba-669417e446bd', '01a22343-ed4f-7000-83e5-01918431165e', 'default', 1795172093247, 'activated', 'public', '203.0.113.157', '["47879b8f7339dcbb3b5844c294422714"]'),
	('01a22343-e1ac-704d-9364-bbc3ed6d6b7b', '01a22343-ed73-7000-9ba4-addb7d908d3d', 'default', 1795184436104, 'activated', 'public', '203.0.113.172', '["9be59213fab51e272adfc81f6d99ed36"]'),
	('01a22343-e1ac-7087-a006-ba13c4ce5cb9', '01a1fb72-1b9a-7455-8784-c12c0ec5f478', 'default', 1795219921818, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7034-aa05-58eea066f3a4', '01a1fc2e-71e4-707c-893a-9b27bb12af83', 'default', 1795232264676, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-701d-ace3-ab23ec2f76fd', '01a1fcea-c82d-76a4-a580-92625f1e5a6c', 'default', 1795244607533, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-706f-a07d-efb51d4514fe', '01a22343-ee08-7000-bc55-40db94498b33', 'default', 1795293978961, 'activated', 'public', '203.0.113.97', '["f14c605f2eb34b30fa4d398e41836c53"]'),
	('01a22343-e1ac-702d-8e80-7ba852066d1b', '01a22343-ee0c-7000-acdc-7451391e0742', 'default', 1795304778961, 'activated', 'public', '203.0.113.191', '["22bd96d49fb1517ac259ee1edf03bfda"]'),
	('01a22343-e250-7050-a765-9130172a4b52', '01a22343-ee2a-7000-8654-d780de76b7a3', 'default', 1795315578961, 'activated', 'public', '203.0.113.202', '["756235f8b2f2b419f12dcaebae7a9986"]'),
	('01a22343-e1ac-7024-9cbd-45d44641876e', '01a22343-ee63-7000-acca-3f8ed6178ec9', 'default', 1795326378961, 'activated', 'public', '203.0.113.149', '["f2e751bd75314b3f88801bab26ed35d3"]'),
	('01a22343-e250-7017-8407-3fc08b77932d', '01a22343-eeca-7000-98e4-c17744a34451', 'default', 1795337178961, 'activated', 'public', '203.0.113.111', '["f22655e646ae15719bb09c2a88679bdf"]'),
	('01a22343-e1ac-7000-ba8f-72e1a3154242', '01a22343-ef1c-7000-bbda-efa8a0e06d9a', 'default', 1795347978961, 'activated', 'public', '203.0.113.196', '["51deb032891b9f624b9c58ec6d9984ac"]'),
	('01a22343-e2e3-7029-b7fe-77526b52a0ca', '01a22343-ef42-7000-b87a-83a3b3cfd31a', 'default', 1795358778961, 'activated', 'public', '203.0.113.10', '["9fb5968f3c94fe090e377ca59ac3b7a1"]'),
	('01a22343-e1ac-707e-9dcc-b67cc5a69c91', '01a20627-7551-78f2-86ab-3c4c4aff758b', 'default', 1795399578961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e250-7044-a013-80b28ba52956', '01a22343-f112-7000-8393-26111fd2ff84', 'default', 1795468321818, 'activated', 'public', '203.0.113.68', '["79d284c1b6c9a8cd427375f4cfd95e97"]'),
	('01a22343-e2e3-701f-a0a6-ff234c799f1a', '01a22343-f12b-7000-a2c5-a179564e30fc', 'default', 1795480664676, 'activated', 'public', '203.0.113.34', '["0ccfe5c742ca1fbed6601d6b2a35cbbe"]'),
	('01a22343-e1ac-707c-85ce-bf99b5ed5974', '01a22343-f19f-7000-a425-bb9f487f3caa', 'default', 1795493007533, 'activated', 'public', '203.0.113.138', '["c9ee7457f6b04b8a4897db479dc11b9c"]'),
	('01a22343-e250-703b-81bf-8ab8cd38bd30', '01a22343-f1db-7000-8c8c-b948a3cb1b3c', 'default', 1795505350390, 'activated', 'public', '203.0.113.188', '["3443476d643885b6fd93b40b57ac7e8b"]'),
	('01a22343-e250-7000-bc1a-8977fc30127c', '01a22343-f20b-7000-ad3f-f6bb6d097f83', 'default', 1795517693247, 'activated', 'public', '203.0.113.3', '["022449ab7059605b4baa3ff129ee717d"]'),
	('01a22343-e1ac-703c-b962-f62ca700b9b5', '01a22343-f228-7000-98ea-049d34f53cc6', 'default', 1795530036104, 'activated', 'public', '203.0.113.160', '["b01e029b5405bb21ed3468a7971b494b"]'),
	('01a22343-e1ac-7073-8402-5636ef114611', '01a1e8af-8351-7919-a8a3-95ce918d3242', 'default', 1794905178961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e2e3-702f-8cf5-fff192f43c3e', '01a22343-eb27-7000-a9c1-47db1ab4de71', 'default', 1794947178961, 'activated', 'public', '203.0.113.66', '["9aab967001106bb298eb6bdd95332a1a"]'),
	('01a22343-e1ac-7080-873a-2a826f5947f0', '01a22343-eb29-7000-bfe0-4e071c065f73', 'default', 1794956778961, 'activated', 'public', '203.0.113.10', '["ced8f957ac1c021ebbca584ec1da01ec"]'),
	('01a22343-e1ac-705e-9c11-05846d95407e', '01a22343-eb2e-7000-b16d-09f72b7a36bf', 'default', 1794966378961, 'activated', 'public', '203.0.113.90', '["b5f9654f4a90147875dc43610824def0"]'),
	('01a22343-e250-705c-a25e-a4f37132eaf1', '01a22343-eb38-7000-9d66-a6e3407c5b5f', 'default', 1794975978961, 'activated', 'public', '203.0.113.113', '["600624cc99807a37ea9e3c54db79e0a6"]'),
	('01a22343-e1ac-7060-a66f-e6c2fca2bf0d', '01a22343-eb3b-7000-ab5b-2f9bea6b9b38', 'default', 1794985578961, 'activated', 'public', '203.0.113.38', '["1b137341a8465342e574af69ac5234a4"]'),
	('01a22343-e1ac-7080-873a-2a826f5947f0', '01a1ec67-a951-7c5b-8f26-e806cd25128f', 'default', 1794967578961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-705e-9c11-05846d95407e', '01a1ecfa-2551-75bd-81c0-5b858016857e', 'default', 1794977178961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7084-9807-7535765fee64', '01a22343-eb93-7000-bd45-9636b6798e3d', 'default', 1795034778961, 'activated', 'public', '203.0.113.178', '["b6decf39d91ab014db1d436583b74737"]'),
	('01a22343-e1ac-7028-af56-584b8bc32227', '01a22343-eb95-7000-8781-28a8340786c6', 'default', 1795045578961, 'activated', 'public', '203.0.113.213', '["6c0618eb458df15cb0c2357ceebe00f2"]'),
	('01a22343-e1ac-703e-8997-afc26827598d', '01a22343-ebc6-7000-8e46-dce3dcf2ddff', 'default', 1795056378961, 'activated', 'public', '203.0.113.121', '["f3ed24f38eb6a46f51e42014583fb3f5"]'),
	('01a22343-e250-7059-926b-5c828be61b52', '01a22343-ebd9-7000-8cff-04797eff5f92', 'default', 1795067178961, 'activated', 'public', '203.0.113.219', '["be086a39cf93c9e5fa1e9a6f3f12f91a"]'),
	('01a22343-e1ac-7083-8876-72b8994b64aa', '01a22343-ebe0-7000-9d03-d1eb9d53f7ca', 'default', 1795077978961, 'activated', 'public', '203.0.113.204', '["e1aff3257b3b7097eb398e6e0568d1e1"]'),
	('01a22343-e1ac-7017-9fa3-ff94eedee61b', '01a22343-ebf8-7000-bae1-92f0a1005fce', 'default', 1795088778961, 'activated', 'public', '203.0.113.188', '["0c991183bfb371eb3668b1db8a0d1294"]'),
	('01a22343-e250-7006-8a81-ce31a8f2dfae', '01a22343-ec23-7000-8cfa-f9e232e88879', 'default', 1795099578961, 'activated', 'public', '203.0.113.253', '["5ba23a941fb9e37f29fc2e4cc100e278"]'),
	('01a22343-e1ac-701b-a596-82ce68ff86c8', '01a1f7c4-6c2d-7696-b079-d80bb808e356', 'default', 1795158207533, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-702a-8cba-669417e446bd', '01a1f93d-18bf-75f5-a38d-f45a10aad214', 'default', 1795182893247, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-704d-9364-bbc3ed6d6b7b', '01a1f9f9-6f08-759d-a73a-a6544e95414c', 'default', 1795195236104, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7087-a006-ba13c4ce5cb9', '01a22343-ed7d-7000-9578-48d430ed72ef', 'default', 1795209121818, 'activated', 'public', '203.0.113.24', '["c078a6fe00e26a9f07e4388899d0c977"]');
INSERT INTO public.license_events VALUES
	('01a22343-e1ac-7034-aa05-58eea066f3a4', '01a22343-ed81-7000-a309-1ef36512f0b5', 'default', 1795221464676, 'activated', 'public', '203.0.113.83', '["b0001290ffff240d529ea9893d4d14fe"]'),
	('01a22343-e1ac-701d-ace3-ab23ec2f76fd', '01a22343-ed82-7000-b11a-4be11a9441bb', 'default', 1795233807533, 'activated', 'public', '203.0.113.160', '["24e2cd0f302e4709f28c40c9b9a4cc96"]'),
	('01a22343-e250-701c-9711-e0c9fa63b7a2', '01a22343-eda3-7000-ba72-b00846058671', 'default', 1795246150390, 'activated', 'public', '203.0.113.117', '["31ef37c70251818102ddf7bb6ac79451"]'),
	('01a22343-e250-703c-9a47-198aa8907111', '01a22343-edb2-7000-b526-66f538882059', 'default', 1795258493247, 'activated', 'public', '203.0.113.8', '["9083e63540887f4629ea2b93ee5e7756"]'),
	('01a22343-e250-7030-b9a8-ae3a83da1a2f', '01a22343-ede8-7000-a701-e2d4f2cf0037', 'default', 1795270836104, 'activated', 'public', '203.0.113.56', '["9b2173e3fb11b90fc1d8e3c2a6ddf1cc"]'),
	('01a22343-e1ac-706f-a07d-efb51d4514fe', '01a20080-ecd1-7afe-9000-ef37d8617972', 'default', 1795304778961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-702d-8e80-7ba852066d1b', '01a20125-b851-779a-9988-634ec2dfa0e2', 'default', 1795315578961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7024-9cbd-45d44641876e', '01a2026f-4f51-7803-9257-34a84393445b', 'default', 1795337178961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7000-ba8f-72e1a3154242', '01a203b8-e651-7f0b-a908-3aef5464a659', 'default', 1795358778961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e250-7049-b580-2a242cd12a58', '01a22343-efb0-7000-8142-0eaa806c7a35', 'default', 1795379178961, 'activated', 'public', '203.0.113.86', '["45efce6d52b5401cbf1f9a4e3135f5ac"]'),
	('01a22343-e1ac-707e-9dcc-b67cc5a69c91', '01a22343-efca-7000-a51e-dbd72e18a321', 'default', 1795388778961, 'activated', 'public', '203.0.113.251', '["5df1430b933b2790b36fe32ecab23fe2"]'),
	('01a22343-e2e3-7021-a7c1-58406f14afc2', '01a22343-eff6-7000-a046-bf2f64aecd60', 'default', 1795398378961, 'activated', 'public', '203.0.113.160', '["c3f52168b1ce1de5570c21362179142b"]'),
	('01a22343-e250-7051-a106-70b68a2bb542', '01a22343-f014-7000-b047-c6992b5d4608', 'default', 1795407978961, 'activated', 'public', '203.0.113.236', '["570cf91e5ed030248ccf0a6bf8112e7a"]'),
	('01a22343-e250-7063-be44-9eeef3a06b2c', '01a22343-f016-7000-abf3-ce0d310d429a', 'default', 1795417578961, 'activated', 'public', '203.0.113.110', '["6e5bafec29770375ee3c2eef65720398"]'),
	('01a22343-e250-704d-9e93-188c563a33ff', '01a22343-f08f-7000-8406-d5ef9b14f478', 'default', 1795427178961, 'activated', 'public', '203.0.113.1', '["eaa2315f83139a68f62a2cbc7cff5239"]'),
	('01a22343-e2e3-7028-83ac-126c40bc12da', '01a22343-f0bb-7000-8918-6a88e7cb3d03', 'default', 1795436778961, 'activated', 'public', '203.0.113.205', '["60a7fdb2b09bbd5b31989370b978e9ee"]'),
	('01a22343-e1ac-7046-ac25-9cceae2dafd3', '01a22343-f0df-7000-97f5-cf90ba0a8c33', 'default', 1795446378961, 'activated', 'public', '203.0.113.145', '["7e283985b5acaa7dc244385f03324dfc"]'),
	('01a22343-e1ac-7046-ac25-9cceae2dafd3', '01a20996-5d51-79e7-a4a7-d6291ca65d64', 'default', 1795457178961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-707c-85ce-bf99b5ed5974', '01a20c5d-dc2d-7be4-afef-156e9d73d5e2', 'default', 1795503807533, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-703c-b962-f62ca700b9b5', '01a20e92-df08-776c-be44-ab465c0f4d0b', 'default', 1795540836104, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e250-7020-9071-ce7dde3657dc', '01a22343-f230-7000-86b0-a621a79e30e2', 'default', 1795551978961, 'activated', 'public', '203.0.113.250', '["f4d22c8c9a9cb3f1b7c67f5b77c7a837"]'),
	('01a22343-e250-704c-a1aa-71a0b8819d29', '01a22343-f237-7000-9ac5-9f0ac5e1e17f', 'default', 1795561578961, 'activated', 'public', '203.0.113.97', '["fa86cfafe0406a45c0fc873f646a6378"]'),
	('01a22343-e250-705d-b37c-71c16d5ed7dc', '01a22343-f23d-7000-9148-6e5a6769ba63', 'default', 1795571178961, 'activated', 'public', '203.0.113.209', '["703e347bc18d3dfb1fc34cb78f0399e3"]'),
	('01a22343-e1ac-7040-81fe-17629739ba36', '01a22343-f262-7000-a792-e497014305b7', 'default', 1795580778961, 'activated', 'public', '203.0.113.218', '["febe33bd5b6987fb38c2147d190b79f7"]'),
	('01a22343-e2e3-700d-9407-abd3f65057f2', '01a22343-f28a-7000-b1c0-20a2427a3f47', 'default', 1795590378961, 'activated', 'public', '203.0.113.123', '["c1ad2ff91abf4813345c00a1583fef81"]'),
	('01a22343-e1ac-7040-81fe-17629739ba36', '01a21199-2551-7507-8774-107675ffb9e3', 'default', 1795591578961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e2e3-702b-8651-aafc546c1efb', '01a22343-f2ff-7000-9708-fe2110d587d9', 'default', 1795599978961, 'activated', 'public', '203.0.113.239', '["45e8b2e0a08bdc1b9dd9c62f965a46fb"]'),
	('01a22343-e1ac-7005-8cbf-1487ad3fed76', '01a22343-f351-7000-bad2-2fcf0ce6b373', 'default', 1795609578961, 'activated', 'public', '203.0.113.172', '["b9a09ed543924e22866f78c175c3050a"]'),
	('01a22343-e2e3-7022-ba9d-fe093bfb02a1', '01a22343-f369-7000-80f1-45980f1a6a07', 'default', 1795619178961, 'activated', 'public', '203.0.113.13', '["f2bccefdc77511cce630d86450f67feb"]'),
	('01a22343-e1ac-708c-8c26-584eb9a2ee8a', '01a215bf-2851-7406-8c82-3556b87859dc', 'default', 1795661178961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7038-b009-aee241ca840c', '01a21708-bf51-7f7f-9abf-357c2e72a126', 'default', 1795682778961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-705a-9868-9012e2a82517', '01a217ad-8ad1-76f6-9dc1-2187122c6920', 'default', 1795693578961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7091-99ea-39069faa726d', '01a21852-5651-76bb-b5bf-3d529ae7dad0', 'default', 1795704378961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7022-9119-b0664a00ce64', '01a22343-f404-7000-95fe-57dc3783cd33', 'default', 1795723033507, 'activated', 'public', '203.0.113.245', '["4cb6231946cf2417e2fca367b4945a32"]'),
	('01a22343-e1ac-7061-b7b8-3478cb33af0e', '01a22343-f408-7000-9a8c-8bfd382cdf45', 'default', 1795730888052, 'activated', 'public', '203.0.113.130', '["40fcc809c118b23bf7b94fddce71d6c3"]'),
	('01a22343-e1ac-7032-873b-d387d144e44d', '01a22343-f414-7000-ae4c-a73d6c15549b', 'default', 1795738742598, 'activated', 'public', '203.0.113.156', '["cd96ccc1283a631bb103343e7b85a2b6"]'),
	('01a22343-e1ac-7058-8a89-baefcb46a4ea', '01a22343-f41c-7000-aaa7-1ce530b44442', 'default', 1795746597143, 'activated', 'public', '203.0.113.91', '["f0ec3a2f7ad14cb83d47307ac1a062cb"]'),
	('01a22343-e1ac-7033-b0bc-562d508b3cc5', '01a22343-f42b-7000-a9b1-d662fc109946', 'default', 1795754451689, 'activated', 'public', '203.0.113.111', '["cb793c41cd921328a2338e6e29dabba3"]'),
	('01a22343-e1ac-7077-92f3-6f51fc10b016', '01a22343-f435-7000-8130-02e394cd0438', 'default', 1795762306234, 'activated', 'public', '203.0.113.145', '["5ccf8465cbe8b3b7211914fcfbb2364c"]'),
	('01a22343-e1ac-704e-98c1-cc3c638fcfd0', '01a22343-f446-7000-bc19-248a5120e04b', 'default', 1795770160780, 'activated', 'public', '203.0.113.83', '["ac90ed0ecad998fa73fa2999afa77b11"]'),
	('01a22343-e1ac-701f-b489-0ca44082e37f', '01a22343-f483-7000-9b1b-af902313cbbe', 'default', 1795785869870, 'revoked', 'demo', NULL, '["Refunded"]'),
	('01a22343-e1ac-705d-8a8b-faa7a8f563b0', '01a22343-f4a6-7000-85a1-427ddebee091', 'default', 1795793724416, 'activated', 'public', '203.0.113.216', '["b867847736c7388f6bfebda4f177734c"]'),
	('01a22343-e250-7001-93fe-e9023923a749', '01a22343-f4d3-7000-a9b8-5cfbc4598bad', 'default', 1795844778961, 'revoked', 'demo', NULL, '["Refunded"]'),
	('01a22343-e2e3-701d-bf0a-01a26a762fab', '01a22343-f4da-7000-9c95-131d9b556b7b', 'default', 1795851978961, 'activated', 'public', '203.0.113.243', '["e3657c4f31fb9827260fd5df17cbbeba"]'),
	('01a22343-e1ac-7064-af00-e8d0d9eb7c6e', '01a22343-f4dd-7000-a095-99dd36839124', 'default', 1795859178961, 'activated', 'public', '203.0.113.170', '["298869c68fd1b9c8a6808b9af979eed2"]'),
	('01a22343-e1ac-7092-88c6-2ec46d1ba293', '01a22343-f4e1-7000-acdf-13405a6deae6', 'default', 1795866378961, 'activated', 'public', '203.0.113.153', '["3055b10d86ff0c558eccff6b1eeb213d"]'),
	('01a22343-e250-702a-87f4-54f1b20713b7', '01a22343-f4e4-7000-9957-96ffa67d92fe', 'default', 1795873578961, 'activated', 'public', '203.0.113.14', '["5f75cc2e4aa7758394e0777797004214"]'),
	('01a22343-e2e3-702d-abc8-a1367ca4aea0', '01a22343-f4eb-7000-8634-caa7f5f1b3e1', 'default', 1795880778961, 'activated', 'public', '203.0.113.168', '["66b5b0965e6bb2e7aefaf3f974b30d5f"]'),
	('01a22343-e1ac-7005-8cbf-1487ad3fed76', '01a21350-9951-71d6-bb9d-d0ff415f807a', 'default', 1795620378961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e2e3-7017-9ef0-c4e40a29c786', '01a22343-f396-7000-9745-30c2ffe150a0', 'default', 1795639578961, 'activated', 'public', '203.0.113.128', '["d2baffa21f84bcaf717e65b6bb5341ec"]');
INSERT INTO public.license_events VALUES
	('01a22343-e1ac-708c-8c26-584eb9a2ee8a', '01a22343-f39f-7000-ac0b-eefc3d614292', 'default', 1795650378961, 'activated', 'public', '203.0.113.132', '["0065c8acaa5b64581908327591f3f347"]'),
	('01a22343-e250-7046-b75e-06f6787e16cb', '01a22343-f3b5-7000-9079-c44bbffe234c', 'default', 1795661178961, 'activated', 'public', '203.0.113.67', '["5826162128a4d1b47ddb564a3d5010c3"]'),
	('01a22343-e1ac-7038-b009-aee241ca840c', '01a22343-f3be-7000-8569-233d428aa04f', 'default', 1795671978961, 'activated', 'public', '203.0.113.81', '["2850d2a9f7875dc34bbb400c993983ad"]'),
	('01a22343-e1ac-705a-9868-9012e2a82517', '01a22343-f3d0-7000-9980-e86f05393471', 'default', 1795682778961, 'activated', 'public', '203.0.113.92', '["8f8bdfcba4b35a9def3d25d2651ceb0a"]'),
	('01a22343-e1ac-7091-99ea-39069faa726d', '01a22343-f3d7-7000-9a21-3d7f99f065ab', 'default', 1795693578961, 'activated', 'public', '203.0.113.78', '["d4fb41eb7b73704d7f377494a3af8d85"]'),
	('01a22343-e2e3-701a-90fe-348cba0bc059', '01a22343-f3ee-7000-a073-876778a4fc06', 'default', 1795704378961, 'activated', 'public', '203.0.113.2', '["801e910e5b4ea36b384f9d4107575491"]'),
	('01a22343-e1ac-704e-98c1-cc3c638fcfd0', '01a22343-f455-7000-b335-322689e741b8', 'default', 1795770160780, 'revoked', 'demo', NULL, '["Refunded"]'),
	('01a22343-e1ac-7050-80fd-d14cd6ff5a98', '01a22343-f46b-7000-8b1f-6137afd61f1e', 'default', 1795778015325, 'activated', 'public', '203.0.113.85', '["390f8b9a7f848611ddc14be9e6d240ae"]'),
	('01a22343-e1ac-701f-b489-0ca44082e37f', '01a22343-f46c-7000-83e4-6ad1eafc2a64', 'default', 1795785869870, 'activated', 'public', '203.0.113.160', '["f2250418e48c72f04140f0a22402e439"]'),
	('01a22343-e1ac-7022-9119-b0664a00ce64', '01a21a13-c723-7f21-99c1-abe83161c5fa', 'default', 1795733833507, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7061-b7b8-3478cb33af0e', '01a21a8b-a0f4-72dd-9100-81adbf822d70', 'default', 1795741688052, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7032-873b-d387d144e44d', '01a21b03-7ac6-799a-a2e8-8524ea54e8c8', 'default', 1795749542598, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7058-8a89-baefcb46a4ea', '01a21b7b-5497-7446-af24-d228b42b91af', 'default', 1795757397143, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7033-b0bc-562d508b3cc5', '01a21bf3-2e69-7752-9fbe-8a2ca396811f', 'default', 1795765251689, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7077-92f3-6f51fc10b016', '01a21c6b-083a-754b-8ba1-9fac0f345e1b', 'default', 1795773106234, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7050-80fd-d14cd6ff5a98', '01a21d5a-bbdd-7dbd-bb00-3deb50532ed4', 'default', 1795788815325, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e2e3-7003-900c-769b7098322f', '01a22343-f4b0-7000-8922-88b0391d4f01', 'default', 1795808778961, 'activated', 'public', '203.0.113.242', '["79fec539f0a8d20c9d238cad96c02e02"]'),
	('01a22343-e1ac-703b-8816-57b77ba27712', '01a22343-f4b2-7000-b93a-a022b8f9a6da', 'default', 1795815978961, 'activated', 'public', '203.0.113.88', '["15acc3f7aa30d2e2de00071a8d59b030"]'),
	('01a22343-e250-7024-8964-f64e4292f7bd', '01a22343-f4c3-7000-959a-5e351e30eb73', 'default', 1795823178961, 'activated', 'public', '203.0.113.77', '["c6cf41f324d3a9bbb80682cbfc4a2835"]'),
	('01a22343-e1ac-7011-8acd-ca9969d878cd', '01a22343-f4c8-7000-b20d-616230d27f54', 'default', 1795830378961, 'activated', 'public', '203.0.113.121', '["928994901df5b6a294e6e3f5af538f72"]'),
	('01a22343-e1ac-7059-a924-44e2ccd924f3', '01a22343-f4cc-7000-a035-c2bfd11cd45a', 'default', 1795837578961, 'activated', 'public', '203.0.113.126', '["c702eab01ddabe7d708707ad3bb62fa8"]'),
	('01a22343-e250-7001-93fe-e9023923a749', '01a22343-f4cf-7000-b2a3-e936ba5d0061', 'default', 1795844778961, 'activated', 'public', '203.0.113.233', '["69bdd72224869ff9fc300fd042c061a9"]'),
	('01a22343-e1ac-705d-8a8b-faa7a8f563b0', '01a21e4a-6f80-766e-a8c7-ddc402527e62', 'default', 1795804524416, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-703b-8816-57b77ba27712', '01a21f9e-0351-74b7-81a5-a2ab6087862d', 'default', 1795826778961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7011-8acd-ca9969d878cd', '01a22079-bd51-7a47-98b8-04c1ce8dbb53', 'default', 1795841178961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7059-a924-44e2ccd924f3', '01a220e7-9a51-754b-931e-a1b6222d814a', 'default', 1795848378961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7064-af00-e8d0d9eb7c6e', '01a22231-3151-76bf-bf50-c0561383cea3', 'default', 1795869978961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22343-e1ac-7092-88c6-2ec46d1ba293', '01a2229f-0e51-79e7-9033-929884fb5150', 'default', 1795877178961, 'expired', 'Gatehouse', NULL, '[]'),
	('01a22344-393b-7000-8ab9-48d77acee26d', '01a22344-39d3-7000-bb32-093b04c62ca8', 'default', 1795888003531, 'activated', 'public', '127.0.0.1', '["golden-machine"]'),
	('01a22344-393b-7000-8ab9-48d77acee26d', '01a22344-3b20-7000-b6c3-0d81904c7d66', 'default', 1795888003836, 'bound', 'public', '127.0.0.1', '["golden-machine-2"]'),
	('01a22344-393b-7001-9aa6-8a62a1b78698', '01a22344-3bdb-7000-b707-1222b7082736', 'default', 1795888004051, 'activated', 'public', '127.0.0.1', '["golden-machine"]'),
	('01a22344-393b-7002-afb5-51f827ad5565', '01a22344-3c5a-7000-8816-91e81d901967', 'default', 1795888004175, 'activated', 'public', '127.0.0.1', '["golden-machine"]'),
	('01a22344-393b-7001-9aa6-8a62a1b78698', '01a22344-3d2a-7000-80e0-801b3872b9c8', 'default', 1795888004394, 'suspended', 'golden', '127.0.0.1', '["Chargeback"]'),
	('01a22344-393b-7002-afb5-51f827ad5565', '01a22344-3df8-7000-a9f4-2f41bc1059a3', 'default', 1795888004592, 'revoked', 'golden', '127.0.0.1', '["Refunded"]');

INSERT INTO public.licenses VALUES
	('01a22343-e15a-7000-a1e6-75dc9ea3a00b', 'default', 'BASIC-SAMPLE345678', 'BASIC', 'SAMPLE345678', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e12c-7000-8d8c-fa358a6f7c6d', 'unused', 1793295978961, NULL, NULL, 'Sample for chen.yu@example.com'),
	('01a22344-38b1-7000-904d-3013e64ed0a9', 'default', 'GOLD-54SXX4QXDCQZ', 'GOLD', '54SXX4QXDCQZ', '01a22344-37ce-7000-bd86-0901bccf7c65', '01a22344-38ac-7000-bcb5-37af890f0212', 'unused', 1795888003244, NULL, NULL, ''),
	('01a22344-38b1-7001-bd3f-6a7912a7a55d', 'default', 'GOLD-G5QD2TNBXSBK', 'GOLD', 'G5QD2TNBXSBK', '01a22344-37ce-7000-bd86-0901bccf7c65', '01a22344-38ac-7000-bcb5-37af890f0212', 'unused', 1795888003244, NULL, NULL, ''),
	('01a22343-e1ac-7002-8e3a-8aab452beaac', 'default', 'BASIC-R3PTGYCYH5VB', 'BASIC', 'R3PTGYCYH5VB', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7007-aa0e-bb40a1acc5fc', 'default', 'BASIC-9M4GUR3BSNBH', 'BASIC', '9M4GUR3BSNBH', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7009-abf5-62c471d83535', 'default', 'BASIC-P8CPGYWYK9YU', 'BASIC', 'P8CPGYWYK9YU', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-700c-af15-a05c9337f3ba', 'default', 'BASIC-QDBCENV5XZBZ', 'BASIC', 'QDBCENV5XZBZ', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-700e-af15-327e1e2402b2', 'default', 'BASIC-2RQBWCT7Y3M2', 'BASIC', '2RQBWCT7Y3M2', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-700f-a179-6d97c85d5c89', 'default', 'BASIC-5JREBUUSYJNB', 'BASIC', '5JREBUUSYJNB', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7010-8a78-6c3036bbaaf5', 'default', 'BASIC-GM5U28KH7MT7', 'BASIC', 'GM5U28KH7MT7', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7012-96e2-fd777f155e27', 'default', 'BASIC-P7SYBKV3MQAW', 'BASIC', 'P7SYBKV3MQAW', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7014-b882-4d63f448a13b', 'default', 'BASIC-GJ2225TXQ34R', 'BASIC', 'GJ2225TXQ34R', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7018-b87c-794b2afe7ac6', 'default', 'BASIC-YRV2UT9ZVSXA', 'BASIC', 'YRV2UT9ZVSXA', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7019-8b4a-1abbde3057e1', 'default', 'BASIC-2V42P28GUAVC', 'BASIC', '2V42P28GUAVC', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-701c-8066-0a626fa416f0', 'default', 'BASIC-RY3GJCJBWR29', 'BASIC', 'RY3GJCJBWR29', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7020-a3c8-b6e71506c01b', 'default', 'BASIC-RR5QKY88E9HR', 'BASIC', 'RR5QKY88E9HR', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7021-9706-73f80ad4e892', 'default', 'BASIC-326R953MP7EE', 'BASIC', '326R953MP7EE', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7016-b1e8-9ab955d60586', 'default', 'BASIC-CWG99YNDMFCD', 'BASIC', 'CWG99YNDMFCD', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1793792778961, 1793803578961, ''),
	('01a22343-e1ac-7003-b09e-c14f089a4e64', 'default', 'BASIC-5DTJDNX48D4B', 'BASIC', '5DTJDNX48D4B', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794008778961, 1794019578961, ''),
	('01a22343-e1ac-700a-b633-552ab5635e1e', 'default', 'BASIC-MVDPDUHR4YVG', 'BASIC', 'MVDPDUHR4YVG', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794138378961, 1794149178961, ''),
	('01a22343-e1ac-700b-98a8-c24195f3a457', 'default', 'BASIC-MTXAAVDG2W5V', 'BASIC', 'MTXAAVDG2W5V', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794283407533, 1794294207533, ''),
	('01a22343-e1ac-7006-98c9-ae7cc936f7d4', 'default', 'BASIC-TS3PWHUFXK58', 'BASIC', 'TS3PWHUFXK58', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794295750390, 1794306550390, ''),
	('01a22343-e1ac-7004-ab4f-08c798f104db', 'default', 'BASIC-HDFPSH6B3CQ4', 'BASIC', 'HDFPSH6B3CQ4', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794408378961, 1794419178961, ''),
	('01a22343-e1ac-700d-8d1c-7af0159f9a70', 'default', 'BASIC-T7AD4F56E9MB', 'BASIC', 'T7AD4F56E9MB', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794471018961, 1794481818961, ''),
	('01a22343-e1ac-7008-b7fb-597d8663e7ea', 'default', 'BASIC-G9A8ZCYENGSE', 'BASIC', 'G9A8ZCYENGSE', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794540138961, 1794550938961, ''),
	('01a22343-e1ac-7015-a606-d6b92c00eb26', 'default', 'BASIC-EEV7GBBNTBBY', 'BASIC', 'EEV7GBBNTBBY', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794793578961, 1794804378961, ''),
	('01a22343-e1ac-7001-9dbb-3f980aaf4567', 'default', 'BASIC-8WATXTB9MUJW', 'BASIC', '8WATXTB9MUJW', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794831978961, 1794842778961, ''),
	('01a22343-e1ac-7017-9fa3-ff94eedee61b', 'default', 'BASIC-SAQSSE877VDV', 'BASIC', 'SAQSSE877VDV', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795088778961, 1795099578961, ''),
	('01a22343-e1ac-701b-a596-82ce68ff86c8', 'default', 'BASIC-43AEFFHSDZGF', 'BASIC', '43AEFFHSDZGF', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795147407533, 1795158207533, ''),
	('01a22343-e1ac-701d-ace3-ab23ec2f76fd', 'default', 'BASIC-HHYX2PJ2KHMP', 'BASIC', 'HHYX2PJ2KHMP', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795233807533, 1795244607533, ''),
	('01a22343-e1ac-7000-ba8f-72e1a3154242', 'default', 'BASIC-W9MFZ5JPPY8D', 'BASIC', 'W9MFZ5JPPY8D', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795347978961, 1795358778961, ''),
	('01a22343-e1ac-7005-8cbf-1487ad3fed76', 'default', 'BASIC-RHRXQDDTFK23', 'BASIC', 'RHRXQDDTFK23', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795609578961, 1795620378961, ''),
	('01a22343-e1ac-701f-b489-0ca44082e37f', 'default', 'BASIC-U8TRUE8CB8VH', 'BASIC', 'U8TRUE8CB8VH', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'revoked', 1793295978961, 1795785869870, 1795796669870, ''),
	('01a22343-e1ac-7022-9119-b0664a00ce64', 'default', 'BASIC-5XQ3QZCX5Z25', 'BASIC', '5XQ3QZCX5Z25', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795723033507, 1795733833507, ''),
	('01a22343-e1ac-7011-8acd-ca9969d878cd', 'default', 'BASIC-UV27VP3SKCD6', 'BASIC', 'UV27VP3SKCD6', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795830378961, 1795841178961, ''),
	('01a22344-38b1-7002-9f7c-baba88a94c9f', 'default', 'GOLD-BCPE79A3NAAK', 'GOLD', 'BCPE79A3NAAK', '01a22344-37ce-7000-bd86-0901bccf7c65', '01a22344-38ac-7000-bcb5-37af890f0212', 'unused', 1795888003244, NULL, NULL, ''),
	('01a22343-e1ac-7025-8f2f-ebb4d083dbde', 'default', 'BASIC-BU45DPDESQDF', 'BASIC', 'BU45DPDESQDF', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7026-8489-ccdfc6936389', 'default', 'BASIC-3ZS7KSAQPBUF', 'BASIC', '3ZS7KSAQPBUF', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22344-38b1-7003-ba76-4a9bdfb63f59', 'default', 'GOLD-B2GEQPBUJHKH', 'GOLD', 'B2GEQPBUJHKH', '01a22344-37ce-7000-bd86-0901bccf7c65', '01a22344-38ac-7000-bcb5-37af890f0212', 'unused', 1795888003244, NULL, NULL, ''),
	('01a22343-e1ac-702b-baa8-28c4733874a9', 'default', 'BASIC-NJ83WAK27G8W', 'BASIC', 'NJ83WAK27G8W', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-702c-b77c-b812593c07a9', 'default', 'BASIC-HVRPYPE2A97Z', 'BASIC', 'HVRPYPE2A97Z', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7035-a370-b7223e08c94e', 'default', 'BASIC-7FU95A5SJ2V6', 'BASIC', '7FU95A5SJ2V6', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7036-95af-48236d87918e', 'default', 'BASIC-FNBBQ4NERQVQ', 'BASIC', 'FNBBQ4NERQVQ', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7037-b4fe-0f7e602b66b2', 'default', 'BASIC-UY6K9QHJFMXQ', 'BASIC', 'UY6K9QHJFMXQ', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-703a-8d45-4c9460352768', 'default', 'BASIC-VG8QHZSJSBAE', 'BASIC', 'VG8QHZSJSBAE', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-703f-a271-15d3576b9158', 'default', 'BASIC-46TTYRS4S73G', 'BASIC', '46TTYRS4S73G', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7043-b013-28b5cdd3d62f', 'default', 'BASIC-HMJCGJBXJK32', 'BASIC', 'HMJCGJBXJK32', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7045-8a01-c05cef95428c', 'default', 'BASIC-X9XJPPC5BVKH', 'BASIC', 'X9XJPPC5BVKH', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7048-a36c-52edbc1063ae', 'default', 'BASIC-YAYZM2Y256H2', 'BASIC', 'YAYZM2Y256H2', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7041-80c1-57903b0a04e1', 'default', 'BASIC-3U69UU7PSN7S', 'BASIC', '3U69UU7PSN7S', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1793431750390, 1793442550390, '');
INSERT INTO public.licenses VALUES
	('01a22343-e1ac-7029-840d-c5d47fb8dbb5', 'default', 'BASIC-R3E6UK8ASBMC', 'BASIC', 'R3E6UK8ASBMC', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1793771178961, 1793781978961, ''),
	('01a22343-e1ac-703d-8f81-b845de2b3f49', 'default', 'BASIC-UNKNXGNDSEJH', 'BASIC', 'UNKNXGNDSEJH', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1793839064676, 1793849864676, ''),
	('01a22343-e1ac-7044-8c40-d1669082b902', 'default', 'BASIC-U6ZKKUTZZ758', 'BASIC', 'U6ZKKUTZZ758', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1793965578961, 1793976378961, ''),
	('01a22343-e1ac-7039-8642-db2af1f15c49', 'default', 'BASIC-RYX9DTNY95H2', 'BASIC', 'RYX9DTNY95H2', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794188778961, 1794199578961, ''),
	('01a22343-e1ac-702e-bb5f-0bcaf44e415c', 'default', 'BASIC-D9XF75FN2HM7', 'BASIC', 'D9XF75FN2HM7', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794522858961, 1794533658961, ''),
	('01a22343-e1ac-7042-9787-b8421d0583ff', 'default', 'BASIC-C8YCBUGBMS9V', 'BASIC', 'C8YCBUGBMS9V', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794635178961, 1794645978961, ''),
	('01a22343-e1ac-7027-92ed-534101422c68', 'default', 'BASIC-JA9TZKMKR94U', 'BASIC', 'JA9TZKMKR94U', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794774378961, 1794785178961, ''),
	('01a22343-e1ac-7047-85a0-810469af28d3', 'default', 'BASIC-7NAWD684ZN5H', 'BASIC', '7NAWD684ZN5H', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794803178961, 1794813978961, ''),
	('01a22343-e1ac-7028-af56-584b8bc32227', 'default', 'BASIC-BT2CA25R7WSW', 'BASIC', 'BT2CA25R7WSW', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795045578961, 1795056378961, ''),
	('01a22343-e1ac-703e-8997-afc26827598d', 'default', 'BASIC-ANNZC6P65WNN', 'BASIC', 'ANNZC6P65WNN', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795056378961, 1795067178961, ''),
	('01a22343-e1ac-702a-8cba-669417e446bd', 'default', 'BASIC-XP4EE2PQCG7Y', 'BASIC', 'XP4EE2PQCG7Y', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795172093247, 1795182893247, ''),
	('01a22343-e1ac-7034-aa05-58eea066f3a4', 'default', 'BASIC-H7T8PRYFD23B', 'BASIC', 'H7T8PRYFD23B', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795221464676, 1795232264676, ''),
	('01a22343-e1ac-702d-8e80-7ba852066d1b', 'default', 'BASIC-C9K996QMKEVA', 'BASIC', 'C9K996QMKEVA', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795304778961, 1795315578961, ''),
	('01a22343-e1ac-7046-ac25-9cceae2dafd3', 'default', 'BASIC-QM59QZF7DUXT', 'BASIC', 'QM59QZF7DUXT', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795446378961, 1795457178961, ''),
	('01a22343-e1ac-703c-b962-f62ca700b9b5', 'default', 'BASIC-ESZG7HRCTJ7T', 'BASIC', 'ESZG7HRCTJ7T', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795530036104, 1795540836104, ''),
	('01a22343-e1ac-7040-81fe-17629739ba36', 'default', 'BASIC-EQMEF3C9EBRT', 'BASIC', 'EQMEF3C9EBRT', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795580778961, 1795591578961, ''),
	('01a22343-e1ac-7038-b009-aee241ca840c', 'default', 'BASIC-A4V7EXXRHUEA', 'BASIC', 'A4V7EXXRHUEA', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795671978961, 1795682778961, ''),
	('01a22343-e1ac-7032-873b-d387d144e44d', 'default', 'BASIC-YGV7DVY3VYN4', 'BASIC', 'YGV7DVY3VYN4', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795738742598, 1795749542598, ''),
	('01a22343-e1ac-7033-b0bc-562d508b3cc5', 'default', 'BASIC-J9F96ZUQXGEH', 'BASIC', 'J9F96ZUQXGEH', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795754451689, 1795765251689, ''),
	('01a22343-e1ac-703b-8816-57b77ba27712', 'default', 'BASIC-2MESHCFHZGKD', 'BASIC', '2MESHCFHZGKD', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795815978961, 1795826778961, ''),
	('01a22343-e1ac-7049-994f-3c0c756d9c66', 'default', 'BASIC-EMQRTJB5V6BZ', 'BASIC', 'EMQRTJB5V6BZ', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22344-38b1-7004-9d84-be552f12ad2d', 'default', 'GOLD-WNJBAMM9H4U3', 'GOLD', 'WNJBAMM9H4U3', '01a22344-37ce-7000-bd86-0901bccf7c65', '01a22344-38ac-7000-bcb5-37af890f0212', 'unused', 1795888003244, NULL, NULL, ''),
	('01a22344-38b1-7005-a6f0-4c2edefbf27b', 'default', 'GOLD-ZPY8WAGTSHBZ', 'GOLD', 'ZPY8WAGTSHBZ', '01a22344-37ce-7000-bd86-0901bccf7c65', '01a22344-38ac-7000-bcb5-37af890f0212', 'unused', 1795888003244, NULL, NULL, ''),
	('01a22343-e1ac-704c-8472-15ec3d81aeed', 'default', 'BASIC-69G2KEBCR6JG', 'BASIC', '69G2KEBCR6JG', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22344-38b1-7006-bdc7-8fd296a42a84', 'default', 'GOLD-F7JB279RDZXJ', 'GOLD', 'F7JB279RDZXJ', '01a22344-37ce-7000-bd86-0901bccf7c65', '01a22344-38ac-7000-bcb5-37af890f0212', 'unused', 1795888003244, NULL, NULL, ''),
	('01a22343-e1ac-704f-95cb-5d4b17164393', 'default', 'BASIC-M49X2ZPN6A4Q', 'BASIC', 'M49X2ZPN6A4Q', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7052-8574-3103bfff5b40', 'default', 'BASIC-FPATRZYE46VM', 'BASIC', 'FPATRZYE46VM', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7054-bfbd-3d4494e98624', 'default', 'BASIC-A2EFSQ28FFA7', 'BASIC', 'A2EFSQ28FFA7', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7055-90f6-ff5c7b9fd9b0', 'default', 'BASIC-7424KXUSMB37', 'BASIC', '7424KXUSMB37', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7056-9df4-5e016b54d7be', 'default', 'BASIC-BFTUCQUQ87DV', 'BASIC', 'BFTUCQUQ87DV', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7057-9c8d-84547960428e', 'default', 'BASIC-VG3FUVSWMWXP', 'BASIC', 'VG3FUVSWMWXP', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-705b-801c-e0639e0303f3', 'default', 'BASIC-V69MAB6W7KJ7', 'BASIC', 'V69MAB6W7KJ7', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-705c-bc2a-29536df8f2a4', 'default', 'BASIC-QV9XNV8TXSN2', 'BASIC', 'QV9XNV8TXSN2', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7065-9bc9-20ffe7b4405c', 'default', 'BASIC-WZFA8VDUGCER', 'BASIC', 'WZFA8VDUGCER', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7066-8235-b8b5df6a6c52', 'default', 'BASIC-URYKX2J8KHFJ', 'BASIC', 'URYKX2J8KHFJ', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7067-bb65-ac075a187b5c', 'default', 'BASIC-B2KQCWDMN6DE', 'BASIC', 'B2KQCWDMN6DE', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-706b-b643-7bba34454246', 'default', 'BASIC-FP65VFCVWPXU', 'BASIC', 'FP65VFCVWPXU', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-706c-b6cd-595ea44ab7f9', 'default', 'BASIC-9KA79GGQTUD4', 'BASIC', '9KA79GGQTUD4', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-706d-9a74-59ef705beb7d', 'default', 'BASIC-N9B252AUM6PM', 'BASIC', 'N9B252AUM6PM', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7053-bd27-735152fc944e', 'default', 'BASIC-KRR6U7TBPCXB', 'BASIC', 'KRR6U7TBPCXB', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1793394721818, 1793405521818, ''),
	('01a22343-e1ac-7063-9575-f917c04f93a2', 'default', 'BASIC-RFJHEPUCEP8K', 'BASIC', 'RFJHEPUCEP8K', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1793616893247, 1793627693247, ''),
	('01a22343-e1ac-706a-b12e-b974d3ddc9fd', 'default', 'BASIC-DDVMHAQU3NUD', 'BASIC', 'DDVMHAQU3NUD', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794174378961, 1794185178961, ''),
	('01a22343-e1ac-7051-aa78-3c7917857989', 'default', 'BASIC-HDN54R2MN2X5', 'BASIC', 'HDN54R2MN2X5', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794271064676, 1794281864676, ''),
	('01a22343-e1ac-705f-b90f-770b2268b20d', 'default', 'BASIC-F3QMK3483GV7', 'BASIC', 'F3QMK3483GV7', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'revoked', 1793295978961, 1794375978961, 1794386778961, ''),
	('01a22343-e1ac-704b-9947-4cceb491bd47', 'default', 'BASIC-AYXPTPTZ3DVU', 'BASIC', 'AYXPTPTZ3DVU', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794488298961, 1794499098961, ''),
	('01a22343-e1ac-7068-a858-615e8622a4d4', 'default', 'BASIC-N3SJYQWSPA63', 'BASIC', 'N3SJYQWSPA63', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794557418961, 1794568218961, ''),
	('01a22343-e1ac-7069-8b98-8c00dd5facd2', 'default', 'BASIC-5T76QUS479NB', 'BASIC', '5T76QUS479NB', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794602778961, 1794613578961, ''),
	('01a22343-e1ac-7060-a66f-e6c2fca2bf0d', 'default', 'BASIC-PST5PCRC7K8Q', 'BASIC', 'PST5PCRC7K8Q', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'revoked', 1793295978961, 1794985578961, 1794996378961, ''),
	('01a22343-e1ac-705e-9c11-05846d95407e', 'default', 'BASIC-QUJ57C5ZMSZQ', 'BASIC', 'QUJ57C5ZMSZQ', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794966378961, 1794977178961, ''),
	('01a22343-e1ac-704d-9364-bbc3ed6d6b7b', 'default', 'BASIC-6AMEVHQCVWK7', 'BASIC', '6AMEVHQCVWK7', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795184436104, 1795195236104, '');
INSERT INTO public.licenses VALUES
	('01a22343-e1ac-705a-9868-9012e2a82517', 'default', 'BASIC-358SJRB4RJ9U', 'BASIC', '358SJRB4RJ9U', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795682778961, 1795693578961, ''),
	('01a22343-e1ac-704e-98c1-cc3c638fcfd0', 'default', 'BASIC-P8C8SYEXEF99', 'BASIC', 'P8C8SYEXEF99', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'revoked', 1793295978961, 1795770160780, 1795780960780, ''),
	('01a22343-e1ac-7061-b7b8-3478cb33af0e', 'default', 'BASIC-NPZNGSPY2J7F', 'BASIC', 'NPZNGSPY2J7F', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795730888052, 1795741688052, ''),
	('01a22343-e1ac-705d-8a8b-faa7a8f563b0', 'default', 'BASIC-88RMAK8VY5YA', 'BASIC', '88RMAK8VY5YA', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795793724416, 1795804524416, ''),
	('01a22343-e1ac-7059-a924-44e2ccd924f3', 'default', 'BASIC-YF2S95RDSC25', 'BASIC', 'YF2S95RDSC25', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795837578961, 1795848378961, ''),
	('01a22343-e1ac-706e-9ea3-51f8edf65a8a', 'default', 'BASIC-R9NVMBPZ8WK3', 'BASIC', 'R9NVMBPZ8WK3', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22344-38b1-7007-a3bd-938cf40d15c3', 'default', 'GOLD-49B2AUF7NX7J', 'GOLD', '49B2AUF7NX7J', '01a22344-37ce-7000-bd86-0901bccf7c65', '01a22344-38ac-7000-bcb5-37af890f0212', 'unused', 1795888003244, NULL, NULL, ''),
	('01a22344-38b1-7008-83b0-dc5c3c8ae76a', 'default', 'GOLD-6PQEJBC44TU2', 'GOLD', '6PQEJBC44TU2', '01a22344-37ce-7000-bd86-0901bccf7c65', '01a22344-38ac-7000-bcb5-37af890f0212', 'unused', 1795888003244, NULL, NULL, ''),
	('01a22343-e1ac-7071-897e-a18e62a0db58', 'default', 'BASIC-Q9M2UEA4NDU9', 'BASIC', 'Q9M2UEA4NDU9', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7074-9728-bb81a33a0a20', 'default', 'BASIC-PJEJFC3APRJV', 'BASIC', 'PJEJFC3APRJV', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7075-9175-232bb8b82beb', 'default', 'BASIC-8V89E8692W59', 'BASIC', '8V89E8692W59', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7079-81a9-4d8daca860c3', 'default', 'BASIC-6R3QM3SJBUHT', 'BASIC', '6R3QM3SJBUHT', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-707b-8cd7-d79226cccfc1', 'default', 'BASIC-8ENEW2ZYC8H5', 'BASIC', '8ENEW2ZYC8H5', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7081-9145-fe927d24691c', 'default', 'BASIC-XGRM29N5ZDS8', 'BASIC', 'XGRM29N5ZDS8', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7085-9923-9719b4bb488d', 'default', 'BASIC-NDE63SMZFJP4', 'BASIC', 'NDE63SMZFJP4', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7088-bc58-cd6e01b89a35', 'default', 'BASIC-9THAN8H22QM6', 'BASIC', '9THAN8H22QM6', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-708d-b8a7-7f01f9b2330a', 'default', 'BASIC-FJWPBPKQXUSM', 'BASIC', 'FJWPBPKQXUSM', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-708e-bad0-e0f475ffa399', 'default', 'BASIC-Q8DX8UKHW9DV', 'BASIC', 'Q8DX8UKHW9DV', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7090-8347-78ee785d75d9', 'default', 'BASIC-7BND7MQ6CAXN', 'BASIC', '7BND7MQ6CAXN', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e1ac-7082-b6db-1387c458a955', 'default', 'BASIC-8TWA28BDWME8', 'BASIC', '8TWA28BDWME8', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1793592207533, 1793603007533, ''),
	('01a22343-e1ac-7070-bd9f-4910c3ed9368', 'default', 'BASIC-BCEPQBB7BREP', 'BASIC', 'BCEPQBB7BREP', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'suspended', 1793295978961, 1793851407533, 1793862207533, ''),
	('01a22343-e1ac-707a-b50a-a44f85b053fc', 'default', 'BASIC-YKYZ2YVXE6T4', 'BASIC', 'YKYZ2YVXE6T4', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1793876093247, 1793886893247, ''),
	('01a22343-e1ac-707d-817e-8c7087ed2b76', 'default', 'BASIC-Q3HPS77UAKJM', 'BASIC', 'Q3HPS77UAKJM', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1793997978961, 1794008778961, ''),
	('01a22343-e1ac-707f-b140-8c11ac946aa2', 'default', 'BASIC-HBBRMV2SCUC6', 'BASIC', 'HBBRMV2SCUC6', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794116778961, 1794127578961, ''),
	('01a22343-e1ac-708f-957a-8b7ba3a81b35', 'default', 'BASIC-3D8AK2JJ2P42', 'BASIC', '3D8AK2JJ2P42', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794308093247, 1794318893247, ''),
	('01a22343-e1ac-708a-a63c-ec35c425337a', 'default', 'BASIC-YQR5BP89G2RH', 'BASIC', 'YQR5BP89G2RH', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794397578961, 1794408378961, ''),
	('01a22343-e1ac-708b-b004-2045b25cd97d', 'default', 'BASIC-ABAWP8DWYV6Y', 'BASIC', 'ABAWP8DWYV6Y', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794574698961, 1794585498961, ''),
	('01a22343-e1ac-7086-b600-92282fa61a30', 'default', 'BASIC-SD52JS7B744D', 'BASIC', 'SD52JS7B744D', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794667578961, 1794678378961, ''),
	('01a22343-e1ac-7089-a363-9ddf12aa3a49', 'default', 'BASIC-J62VZNZKGK56', 'BASIC', 'J62VZNZKGK56', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794841578961, 1794852378961, ''),
	('01a22343-e1ac-7073-8402-5636ef114611', 'default', 'BASIC-A5YJZB5DDRQB', 'BASIC', 'A5YJZB5DDRQB', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794894378961, 1794905178961, ''),
	('01a22343-e1ac-7080-873a-2a826f5947f0', 'default', 'BASIC-SUD3DBPF3EHT', 'BASIC', 'SUD3DBPF3EHT', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794956778961, 1794967578961, ''),
	('01a22343-e1ac-7084-9807-7535765fee64', 'default', 'BASIC-9KXWTMY6UAKW', 'BASIC', '9KXWTMY6UAKW', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795034778961, 1795045578961, ''),
	('01a22343-e1ac-7087-a006-ba13c4ce5cb9', 'default', 'BASIC-VYXCUXB8T6DG', 'BASIC', 'VYXCUXB8T6DG', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795209121818, 1795219921818, ''),
	('01a22343-e1ac-706f-a07d-efb51d4514fe', 'default', 'BASIC-F6FZQMU27Q67', 'BASIC', 'F6FZQMU27Q67', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795293978961, 1795304778961, ''),
	('01a22343-e1ac-707e-9dcc-b67cc5a69c91', 'default', 'BASIC-QNE8Y5ADMF3W', 'BASIC', 'QNE8Y5ADMF3W', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795388778961, 1795399578961, ''),
	('01a22343-e1ac-707c-85ce-bf99b5ed5974', 'default', 'BASIC-TB4B62DRAZF4', 'BASIC', 'TB4B62DRAZF4', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795493007533, 1795503807533, ''),
	('01a22343-e1ac-708c-8c26-584eb9a2ee8a', 'default', 'BASIC-G9KFZZ848B57', 'BASIC', 'G9KFZZ848B57', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795650378961, 1795661178961, ''),
	('01a22343-e1ac-7091-99ea-39069faa726d', 'default', 'BASIC-TQNY4BEBQQR8', 'BASIC', 'TQNY4BEBQQR8', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795693578961, 1795704378961, ''),
	('01a22343-e1ac-7077-92f3-6f51fc10b016', 'default', 'BASIC-Q95CFW7VTSCQ', 'BASIC', 'Q95CFW7VTSCQ', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795762306234, 1795773106234, ''),
	('01a22343-e1ac-7092-88c6-2ec46d1ba293', 'default', 'BASIC-2QUD35FRVU5W', 'BASIC', '2QUD35FRVU5W', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795866378961, 1795877178961, ''),
	('01a22344-38b1-7009-a72a-a14e6957e59c', 'default', 'GOLD-AWHME6NUFVPY', 'GOLD', 'AWHME6NUFVPY', '01a22344-37ce-7000-bd86-0901bccf7c65', '01a22344-38ac-7000-bcb5-37af890f0212', 'unused', 1795888003244, NULL, NULL, ''),
	('01a22343-e1ac-7095-8a88-302989960962', 'default', 'BASIC-M5W3DQZWT2G9', 'BASIC', 'M5W3DQZWT2G9', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e22d-7000-8b02-c780cfa9ebe9', 'default', 'PREMIUM-TEST789012', 'PREMIUM', 'TEST789012', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e22c-7000-806a-b9e2ebbb76e7', 'unused', 1793295978961, NULL, NULL, 'Sample for chen.yu@example.com'),
	('01a22343-e250-7002-bc29-a7022b48987a', 'default', 'PREMIUM-ZP9XH8D7TG6R', 'PREMIUM', 'ZP9XH8D7TG6R', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-7005-9e89-c9274d27eb3d', 'default', 'PREMIUM-ASMQCG9GM7G4', 'PREMIUM', 'ASMQCG9GM7G4', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-7007-a286-1c896fe58bf1', 'default', 'PREMIUM-C2TJJUX222GM', 'PREMIUM', 'C2TJJUX222GM', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-700e-9bbb-c128ebdd93d1', 'default', 'PREMIUM-23H5YQC8P2NE', 'PREMIUM', '23H5YQC8P2NE', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-700f-8acf-31bbd1a1de07', 'default', 'PREMIUM-8CGS6Z2PW2XN', 'PREMIUM', '8CGS6Z2PW2XN', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-7011-99d4-035f4d71df95', 'default', 'PREMIUM-EA5VDCPZ34W9', 'PREMIUM', 'EA5VDCPZ34W9', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-7012-a77c-b37c4e238fad', 'default', 'PREMIUM-PHBBG26ECMC5', 'PREMIUM', 'PHBBG26ECMC5', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, '');
INSERT INTO public.licenses VALUES
	('01a22343-e250-7013-be00-a9c247092684', 'default', 'PREMIUM-G6YJAJWSA2UM', 'PREMIUM', 'G6YJAJWSA2UM', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-7014-a391-93e3fa781fbb', 'default', 'PREMIUM-JK3DYKKFZF9D', 'PREMIUM', 'JK3DYKKFZF9D', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-7015-9e60-54138b3fa892', 'default', 'PREMIUM-NWRFDN9V92PX', 'PREMIUM', 'NWRFDN9V92PX', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-7019-a3d7-ce3f085feb69', 'default', 'PREMIUM-6DMA57R2GFRX', 'PREMIUM', '6DMA57R2GFRX', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-701a-a7a3-8dd56e15cd1b', 'default', 'PREMIUM-9PX6Z599C3VV', 'PREMIUM', '9PX6Z599C3VV', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-701b-9b30-0495162a48e8', 'default', 'PREMIUM-V8HCJZUT94DV', 'PREMIUM', 'V8HCJZUT94DV', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-700a-a327-dec9a584edad', 'default', 'PREMIUM-4U42Q2J2HP6K', 'PREMIUM', '4U42Q2J2HP6K', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1793444093247, 1796036093247, ''),
	('01a22343-e250-7010-b25b-6bfd17f11d3a', 'default', 'PREMIUM-TMMGCPED7MN8', 'PREMIUM', 'TMMGCPED7MN8', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1793715636104, 1796307636104, ''),
	('01a22343-e1ac-7093-94a1-e1f9f8dcdafd', 'default', 'BASIC-AUEDX86S6TJJ', 'BASIC', 'AUEDX86S6TJJ', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794051978961, 1794062778961, ''),
	('01a22343-e250-7009-965c-8f6f703910eb', 'default', 'PREMIUM-5B8NU5XGQD2M', 'PREMIUM', '5B8NU5XGQD2M', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1794095178961, 1796687178961, ''),
	('01a22343-e250-7004-b6f8-004ec2ddb420', 'default', 'PREMIUM-ZPNUE4QHDJ9C', 'PREMIUM', 'ZPNUE4QHDJ9C', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1794217578961, 1796809578961, ''),
	('01a22343-e250-700d-83f5-540df511a175', 'default', 'PREMIUM-CTQWUT3MKDBF', 'PREMIUM', 'CTQWUT3MKDBF', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1794231978961, 1796823978961, ''),
	('01a22343-e250-700c-815b-0307db59a616', 'default', 'PREMIUM-S8P2ZEKJ7Y3J', 'PREMIUM', 'S8P2ZEKJ7Y3J', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1794354378961, 1796946378961, ''),
	('01a22343-e250-7018-a123-893afaaad9a6', 'default', 'PREMIUM-7MB2NAM5BQBY', 'PREMIUM', '7MB2NAM5BQBY', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1794453738961, 1797045738961, ''),
	('01a22343-e250-7003-b2fe-0d7865f3b5d6', 'default', 'PREMIUM-H26N9DA333GM', 'PREMIUM', 'H26N9DA333GM', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1794730218961, 1797322218961, ''),
	('01a22343-e250-701e-9f53-8435fd03a7bd', 'default', 'PREMIUM-6J4G5257DS52', 'PREMIUM', '6J4G5257DS52', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1794747498961, 1797339498961, ''),
	('01a22343-e1ac-7094-970d-aa7ba0fa5f6a', 'default', 'BASIC-EES2Z2YJZJYU', 'BASIC', 'EES2Z2YJZJYU', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794712938961, 1794723738961, ''),
	('01a22343-e250-701d-a323-8570eee94642', 'default', 'PREMIUM-H9KT8EV9F788', 'PREMIUM', 'H9KT8EV9F788', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1794783978961, 1797375978961, ''),
	('01a22343-e250-7016-b2ae-752f117efb8c', 'default', 'PREMIUM-24RED2HAAPX5', 'PREMIUM', '24RED2HAAPX5', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1794923178961, 1797515178961, ''),
	('01a22343-e250-7006-8a81-ce31a8f2dfae', 'default', 'PREMIUM-X3E9JCR6KRZC', 'PREMIUM', 'X3E9JCR6KRZC', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1795099578961, 1797691578961, ''),
	('01a22343-e250-701f-98bf-5a6d2f9ae618', 'default', 'PREMIUM-5JXQMAGD6XBX', 'PREMIUM', '5JXQMAGD6XBX', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1795159750390, 1797751750390, ''),
	('01a22343-e250-701c-9711-e0c9fa63b7a2', 'default', 'PREMIUM-HK5DSSJGJPDG', 'PREMIUM', 'HK5DSSJGJPDG', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1795246150390, 1797838150390, ''),
	('01a22343-e250-7017-8407-3fc08b77932d', 'default', 'PREMIUM-PCBC3D8N863U', 'PREMIUM', 'PCBC3D8N863U', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1795337178961, 1797929178961, ''),
	('01a22343-e250-7020-9071-ce7dde3657dc', 'default', 'PREMIUM-AMH42RZ9Y8XQ', 'PREMIUM', 'AMH42RZ9Y8XQ', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1795551978961, 1798143978961, ''),
	('01a22343-e250-7001-93fe-e9023923a749', 'default', 'PREMIUM-BFKGSBAZKQ2T', 'PREMIUM', 'BFKGSBAZKQ2T', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'revoked', 1793295978961, 1795844778961, 1798436778961, ''),
	('01a22344-38b1-700a-844d-ba644c238726', 'default', 'GOLD-WCTGK7BXQ7VB', 'GOLD', 'WCTGK7BXQ7VB', '01a22344-37ce-7000-bd86-0901bccf7c65', '01a22344-38ac-7000-bcb5-37af890f0212', 'unused', 1795888003244, NULL, NULL, ''),
	('01a22343-e250-7022-9df0-8826eac83c5d', 'default', 'PREMIUM-5HPMP4RSUVAT', 'PREMIUM', '5HPMP4RSUVAT', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-7025-9cab-5e164052310c', 'default', 'PREMIUM-USZYDBARB8E3', 'PREMIUM', 'USZYDBARB8E3', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-7026-a479-e8a749f6ebfe', 'default', 'PREMIUM-QPQQ2WWNBE9D', 'PREMIUM', 'QPQQ2WWNBE9D', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-7027-817f-eadd43f8ac17', 'default', 'PREMIUM-6CVVHU64KQDD', 'PREMIUM', '6CVVHU64KQDD', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-7028-9183-9aa2ddba51ed', 'default', 'PREMIUM-66W6RXBE6XS4', 'PREMIUM', '66W6RXBE6XS4', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-7029-81e0-4ddf6a594112', 'default', 'PREMIUM-EXYTHJKB9KGX', 'PREMIUM', 'EXYTHJKB9KGX', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-702b-8cbd-5bc5dbdc66eb', 'default', 'PREMIUM-C8W72755DH8J', 'PREMIUM', 'C8W72755DH8J', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-702e-ab25-37ae647689ba', 'default', 'PREMIUM-JAMHP85JP3F3', 'PREMIUM', 'JAMHP85JP3F3', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-7031-9621-2388447a360b', 'default', 'PREMIUM-AN582H743GWM', 'PREMIUM', 'AN582H743GWM', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-7033-89b7-53349720f1ac', 'default', 'PREMIUM-N3V6R78KEM6A', 'PREMIUM', 'N3V6R78KEM6A', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-7034-b6e1-61b7ab3d48c9', 'default', 'PREMIUM-92FXCUJTTS9H', 'PREMIUM', '92FXCUJTTS9H', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-7036-b37d-25b6999a71fc', 'default', 'PREMIUM-HJVZ5XMHD946', 'PREMIUM', 'HJVZ5XMHD946', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-7037-ac68-510e83c334c3', 'default', 'PREMIUM-7GBCFDZ9VUJJ', 'PREMIUM', '7GBCFDZ9VUJJ', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-703a-9a9d-b8972b1b7226', 'default', 'PREMIUM-KGTH9JUNDSJ3', 'PREMIUM', 'KGTH9JUNDSJ3', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-703d-9396-421a1a35f94d', 'default', 'PREMIUM-2PSGC4FK5NXB', 'PREMIUM', '2PSGC4FK5NXB', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-703e-a987-879a456fa5bd', 'default', 'PREMIUM-Z3TGSAAPYQH3', 'PREMIUM', 'Z3TGSAAPYQH3', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-7041-ae9a-429b58a7f0ac', 'default', 'PREMIUM-X568G4PRC63H', 'PREMIUM', 'X568G4PRC63H', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-7043-9d9c-48d64c020995', 'default', 'PREMIUM-K2VMS5C974YM', 'PREMIUM', 'K2VMS5C974YM', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-7040-9c38-75c1f87c1184', 'default', 'PREMIUM-AUD4MBZ6VFPB', 'PREMIUM', 'AUD4MBZ6VFPB', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1793540778961, 1796132778961, ''),
	('01a22343-e250-7045-a2c5-e2c6f1cbec8c', 'default', 'PREMIUM-TECQA7R8KHPC', 'PREMIUM', 'TECQA7R8KHPC', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1793579864676, 1796171864676, ''),
	('01a22343-e250-7032-83a6-76e67087a3de', 'default', 'PREMIUM-RV3A7V3KRZN4', 'PREMIUM', 'RV3A7V3KRZN4', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1793888436104, 1796480436104, ''),
	('01a22343-e250-7035-9689-b5e5e30c7d0c', 'default', 'PREMIUM-FG2Q6AWTVVUX', 'PREMIUM', 'FG2Q6AWTVVUX', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1794030378961, 1796622378961, ''),
	('01a22343-e250-702d-8187-ce8313fa51c8', 'default', 'PREMIUM-TXF9YD8XFASH', 'PREMIUM', 'TXF9YD8XFASH', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1794436458961, 1797028458961, ''),
	('01a22343-e250-703f-9858-364473fb32b5', 'default', 'PREMIUM-PUF9WD579279', 'PREMIUM', 'PUF9WD579279', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1794656778961, 1797248778961, '');
INSERT INTO public.licenses VALUES
	('01a22343-e250-7023-8aa1-980f20b4f282', 'default', 'PREMIUM-KWPHUT7B39J6', 'PREMIUM', 'KWPHUT7B39J6', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1794695658961, 1797287658961, ''),
	('01a22343-e250-702c-9b98-fb757e49eaca', 'default', 'PREMIUM-35ZNPJQ2CB73', 'PREMIUM', '35ZNPJQ2CB73', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1794822378961, 1797414378961, ''),
	('01a22343-e250-7021-a2dc-7b7e98c9eb3f', 'default', 'PREMIUM-TKBDYF9XCYH8', 'PREMIUM', 'TKBDYF9XCYH8', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1794908778961, 1797500778961, ''),
	('01a22343-e250-7039-88ef-64d88422f919', 'default', 'PREMIUM-DGAHDVRZSBFY', 'PREMIUM', 'DGAHDVRZSBFY', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1795004778961, 1797596778961, ''),
	('01a22343-e250-702f-b0dc-679e6b1f65a5', 'default', 'PREMIUM-RWPGR4WNYN94', 'PREMIUM', 'RWPGR4WNYN94', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1795135064676, 1797727064676, ''),
	('01a22343-e250-703c-9a47-198aa8907111', 'default', 'PREMIUM-4NHZP32PDGRQ', 'PREMIUM', '4NHZP32PDGRQ', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1795258493247, 1797850493247, ''),
	('01a22343-e250-7030-b9a8-ae3a83da1a2f', 'default', 'PREMIUM-HEUVAFZRXBAU', 'PREMIUM', 'HEUVAFZRXBAU', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1795270836104, 1797862836104, ''),
	('01a22343-e250-7044-a013-80b28ba52956', 'default', 'PREMIUM-BJBTKY2CAPCU', 'PREMIUM', 'BJBTKY2CAPCU', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1795468321818, 1798060321818, ''),
	('01a22343-e250-703b-81bf-8ab8cd38bd30', 'default', 'PREMIUM-DNGHEHU6QBZY', 'PREMIUM', 'DNGHEHU6QBZY', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1795505350390, 1798097350390, ''),
	('01a22343-e250-7024-8964-f64e4292f7bd', 'default', 'PREMIUM-XR4292JHM8PY', 'PREMIUM', 'XR4292JHM8PY', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1795823178961, 1798415178961, ''),
	('01a22343-e250-702a-87f4-54f1b20713b7', 'default', 'PREMIUM-3XGSHD55SZHT', 'PREMIUM', '3XGSHD55SZHT', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1795873578961, 1798465578961, ''),
	('01a22344-38b1-700b-8d85-86cf0fa13c4e', 'default', 'GOLD-X8YQ58QEXKJ4', 'GOLD', 'X8YQ58QEXKJ4', '01a22344-37ce-7000-bd86-0901bccf7c65', '01a22344-38ac-7000-bcb5-37af890f0212', 'unused', 1795888003244, NULL, NULL, ''),
	('01a22343-e250-7047-bf8a-fc03181b5900', 'default', 'PREMIUM-S9MSBWB2W56A', 'PREMIUM', 'S9MSBWB2W56A', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-7052-b313-bbd483a797ae', 'default', 'PREMIUM-3NBJHX44E9FB', 'PREMIUM', '3NBJHX44E9FB', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-7054-99aa-190c72a1c868', 'default', 'PREMIUM-N3CEEWTBWBGN', 'PREMIUM', 'N3CEEWTBWBGN', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-7056-9b63-53b99fcd4adb', 'default', 'PREMIUM-PVGY6USS34TM', 'PREMIUM', 'PVGY6USS34TM', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-705a-b8cd-c47be63b157b', 'default', 'PREMIUM-WZ9JDT55HQDB', 'PREMIUM', 'WZ9JDT55HQDB', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-705b-95bd-f050ca7248cf', 'default', 'PREMIUM-CXD8RUST78A7', 'PREMIUM', 'CXD8RUST78A7', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-705e-a843-7430161ff628', 'default', 'PREMIUM-EVYRJZUSEYK9', 'PREMIUM', 'EVYRJZUSEYK9', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-7060-b63b-8bcb135b993e', 'default', 'PREMIUM-F7NA6HQ2AKY8', 'PREMIUM', 'F7NA6HQ2AKY8', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-7061-ba09-5f044c2e0f5d', 'default', 'PREMIUM-3KXESAPG9BRC', 'PREMIUM', '3KXESAPG9BRC', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e2bf-7001-be14-339db2f8cc63', 'default', 'VIP-DEMO123456', 'VIP', 'DEMO123456', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2bf-7000-9b42-02686e70f16f', 'unused', 1793295978961, NULL, NULL, 'Sample for chen.yu@example.com'),
	('01a22343-e2e3-7000-bcc8-e3094529186d', 'default', 'VIP-WG3E9GGSSCA8', 'VIP', 'WG3E9GGSSCA8', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e2e3-7005-9c23-ccb644f848f3', 'default', 'VIP-YFR3GXFE2U29', 'VIP', 'YFR3GXFE2U29', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-7048-a4d4-5f3998673ab7', 'default', 'PREMIUM-3EGJWPY8JUXA', 'PREMIUM', '3EGJWPY8JUXA', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1793629236104, 1796221236104, ''),
	('01a22343-e250-7062-8917-9dd73255b16e', 'default', 'PREMIUM-QTZ8UW5UPH59', 'PREMIUM', 'QTZ8UW5UPH59', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1793653921818, 1796245921818, ''),
	('01a22343-e250-704a-bc64-d48abdc2d820', 'default', 'PREMIUM-PRAEZX7NABVS', 'PREMIUM', 'PRAEZX7NABVS', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1793826721818, 1796418721818, ''),
	('01a22343-e250-704e-b0e3-95c0e3b7f6f8', 'default', 'PREMIUM-MHDWMWQXBDV9', 'PREMIUM', 'MHDWMWQXBDV9', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1793863750390, 1796455750390, ''),
	('01a22343-e250-704b-b0b4-8574873a7f2d', 'default', 'PREMIUM-37M7S2E6CD47', 'PREMIUM', '37M7S2E6CD47', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1793922378961, 1796514378961, ''),
	('01a22343-e250-705f-a99f-7172cc8a60f1', 'default', 'PREMIUM-N4Z3UHQYC7EJ', 'PREMIUM', 'N4Z3UHQYC7EJ', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1794386778961, 1796978778961, ''),
	('01a22343-e250-7053-bd58-0b0810b306b6', 'default', 'PREMIUM-WEWE7SQGF65R', 'PREMIUM', 'WEWE7SQGF65R', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1794613578961, 1797205578961, ''),
	('01a22343-e250-7058-84bb-3e81db9be001', 'default', 'PREMIUM-PSR33BVGAYNX', 'PREMIUM', 'PSR33BVGAYNX', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1794624378961, 1797216378961, ''),
	('01a22343-e250-7055-9e7d-3ebeb292e781', 'default', 'PREMIUM-JVT6TZ379TDY', 'PREMIUM', 'JVT6TZ379TDY', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1794812778961, 1797404778961, ''),
	('01a22343-e2e3-7002-827f-68dea3263024', 'default', 'VIP-N9XZ2BA666PA', 'VIP', 'N9XZ2BA666PA', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'active', 1793295978961, 1794865578961, 1826401578961, ''),
	('01a22343-e250-704f-8edb-e2a718780bea', 'default', 'PREMIUM-AKHTB64JUTWF', 'PREMIUM', 'AKHTB64JUTWF', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'suspended', 1793295978961, 1794879978961, 1797471978961, ''),
	('01a22343-e250-705c-a25e-a4f37132eaf1', 'default', 'PREMIUM-4RYFJV3Z2HAJ', 'PREMIUM', '4RYFJV3Z2HAJ', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1794975978961, 1797567978961, ''),
	('01a22343-e2e3-7001-a661-9bd743a573fc', 'default', 'VIP-FKABYWWHZ85H', 'VIP', 'FKABYWWHZ85H', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'active', 1793295978961, 1795014378961, 1826550378961, ''),
	('01a22343-e250-7059-926b-5c828be61b52', 'default', 'PREMIUM-N4STA2UQZUJS', 'PREMIUM', 'N4STA2UQZUJS', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1795067178961, 1797659178961, ''),
	('01a22343-e250-7050-a765-9130172a4b52', 'default', 'PREMIUM-SHBHD6DUE4EU', 'PREMIUM', 'SHBHD6DUE4EU', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1795315578961, 1797907578961, ''),
	('01a22343-e250-7049-b580-2a242cd12a58', 'default', 'PREMIUM-D5NU2SDHC3VX', 'PREMIUM', 'D5NU2SDHC3VX', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1795379178961, 1797971178961, ''),
	('01a22343-e250-7051-a106-70b68a2bb542', 'default', 'PREMIUM-MQK2XBWMGVWZ', 'PREMIUM', 'MQK2XBWMGVWZ', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1795407978961, 1797999978961, ''),
	('01a22343-e250-7063-be44-9eeef3a06b2c', 'default', 'PREMIUM-N2JBACDAY3J2', 'PREMIUM', 'N2JBACDAY3J2', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1795417578961, 1798009578961, ''),
	('01a22343-e250-704d-9e93-188c563a33ff', 'default', 'PREMIUM-A23R7S4KDNDE', 'PREMIUM', 'A23R7S4KDNDE', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1795427178961, 1798019178961, ''),
	('01a22343-e250-704c-a1aa-71a0b8819d29', 'default', 'PREMIUM-3TZ34REGCA6Y', 'PREMIUM', '3TZ34REGCA6Y', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1795561578961, 1798153578961, ''),
	('01a22343-e250-705d-b37c-71c16d5ed7dc', 'default', 'PREMIUM-YQ89AUTZWMDD', 'PREMIUM', 'YQ89AUTZWMDD', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1795571178961, 1798163178961, ''),
	('01a22343-e2e3-7003-900c-769b7098322f', 'default', 'VIP-24HREFUTC5ZS', 'VIP', '24HREFUTC5ZS', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'active', 1793295978961, 1795808778961, 1827344778961, ''),
	('01a22343-e2e3-7006-9659-30e3530fa059', 'default', 'VIP-S636BW4PFDNH', 'VIP', 'S636BW4PFDNH', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e2e3-7007-8f82-cd8781e761f5', 'default', 'VIP-ZZHRX7ZZMR6G', 'VIP', 'ZZHRX7ZZMR6G', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e2e3-7008-aeec-c3d699d2c058', 'default', 'VIP-8VB72KEMRQA6', 'VIP', '8VB72KEMRQA6', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e2e3-7009-9820-472eab10f7de', 'default', 'VIP-N9X6HKMXUZKV', 'VIP', 'N9X6HKMXUZKV', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'unused', 1793295978961, NULL, NULL, '');
INSERT INTO public.licenses VALUES
	('01a22343-e2e3-700a-87a1-6394c5eed9dc', 'default', 'VIP-7VGV2MWYQXJT', 'VIP', '7VGV2MWYQXJT', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e2e3-700b-bb38-a38fa8a616b6', 'default', 'VIP-D3ZXTF5YW5FQ', 'VIP', 'D3ZXTF5YW5FQ', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e2e3-700f-ae8f-765d2f36b36d', 'default', 'VIP-4CH4KZGW9JQJ', 'VIP', '4CH4KZGW9JQJ', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e2e3-7012-b578-1472aef331ba', 'default', 'VIP-S8M2MDJYXQ2T', 'VIP', 'S8M2MDJYXQ2T', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e2e3-7014-b539-c093c1a8c554', 'default', 'VIP-VSFKUFKGD4KJ', 'VIP', 'VSFKUFKGD4KJ', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e2e3-7015-ae56-28fb39b7aef0', 'default', 'VIP-ZD7YRW3RSR8C', 'VIP', 'ZD7YRW3RSR8C', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e2e3-7016-b8f4-632bd517c9e0', 'default', 'VIP-J6KS6NEQMR9K', 'VIP', 'J6KS6NEQMR9K', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e2e3-7018-a18d-80e6dc82c1ee', 'default', 'VIP-Y4UNXEVTQGRC', 'VIP', 'Y4UNXEVTQGRC', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e2e3-7019-8fe7-2be5ec360f81', 'default', 'VIP-WZD4JMY4B2EG', 'VIP', 'WZD4JMY4B2EG', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e2e3-701c-bb2c-99390675b246', 'default', 'VIP-8QW39X9HBN6H', 'VIP', '8QW39X9HBN6H', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e2e3-701e-a63d-4ebeb8cdc9d1', 'default', 'VIP-9RA3DQMJN63X', 'VIP', '9RA3DQMJN63X', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e2e3-7020-a942-15c831e9b9cc', 'default', 'VIP-DR675RK7C3FN', 'VIP', 'DR675RK7C3FN', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e2e3-7023-9aa2-a0b8c613bcf4', 'default', 'VIP-VJRJ2M34BHFP', 'VIP', 'VJRJ2M34BHFP', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e2e3-7025-bed6-d35c56bfa073', 'default', 'VIP-4J8R28SVE8MD', 'VIP', '4J8R28SVE8MD', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e2e3-7026-9aa0-13c6d5eb1a5c', 'default', 'VIP-C8GB9Q7YFKPJ', 'VIP', 'C8GB9Q7YFKPJ', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e2e3-7027-84ad-400152d53a89', 'default', 'VIP-BJPDEG863YCJ', 'VIP', 'BJPDEG863YCJ', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e2e3-7024-888d-0a82c418bbd7', 'default', 'VIP-E92X8RFFSXBU', 'VIP', 'E92X8RFFSXBU', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'active', 1793295978961, 1793690950390, 1825226950390, ''),
	('01a22343-e2e3-702a-8426-670fbaa96a40', 'default', 'VIP-NTU8WAEHSU25', 'VIP', 'NTU8WAEHSU25', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'active', 1793295978961, 1793703293247, 1825239293247, ''),
	('01a22343-e2e3-700c-b42c-1851a3357a90', 'default', 'VIP-6P4724XVDHT9', 'VIP', '6P4724XVDHT9', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'active', 1793295978961, 1793943978961, 1825479978961, ''),
	('01a22343-e2e3-700e-8539-211daa452551', 'default', 'VIP-MZU9SFHA52P6', 'VIP', 'MZU9SFHA52P6', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'active', 1793295978961, 1794258721818, 1825794721818, ''),
	('01a22343-e2e3-701b-a715-88d516b2c4ec', 'default', 'VIP-6TH4GC5XP86V', 'VIP', '6TH4GC5XP86V', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'active', 1793295978961, 1794343578961, 1825879578961, ''),
	('01a22343-e2e3-7010-a290-34312fcdc8ee', 'default', 'VIP-5AA72A4R262W', 'VIP', '5AA72A4R262W', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'active', 1793295978961, 1794645978961, 1826181978961, ''),
	('01a22343-e2e3-7011-96df-ee1cab3b4ffe', 'default', 'VIP-6NA2QEA6BZ4Z', 'VIP', '6NA2QEA6BZ4Z', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'active', 1793295978961, 1794995178961, 1826531178961, ''),
	('01a22343-e2e3-7029-b7fe-77526b52a0ca', 'default', 'VIP-RE52JHNTNT7P', 'VIP', 'RE52JHNTNT7P', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'active', 1793295978961, 1795358778961, 1826894778961, ''),
	('01a22343-e2e3-7021-a7c1-58406f14afc2', 'default', 'VIP-2HKQ522B8FW2', 'VIP', '2HKQ522B8FW2', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'active', 1793295978961, 1795398378961, 1826934378961, ''),
	('01a22343-e2e3-701f-a0a6-ff234c799f1a', 'default', 'VIP-WEDVNNRCRBP9', 'VIP', 'WEDVNNRCRBP9', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'active', 1793295978961, 1795480664676, 1827016664676, ''),
	('01a22343-e2e3-700d-9407-abd3f65057f2', 'default', 'VIP-DX2F93726YTZ', 'VIP', 'DX2F93726YTZ', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'active', 1793295978961, 1795590378961, 1827126378961, ''),
	('01a22343-e2e3-702b-8651-aafc546c1efb', 'default', 'VIP-Q6W46PE35FFF', 'VIP', 'Q6W46PE35FFF', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'active', 1793295978961, 1795599978961, 1827135978961, ''),
	('01a22343-e2e3-7022-ba9d-fe093bfb02a1', 'default', 'VIP-88HMQQXUKSXC', 'VIP', '88HMQQXUKSXC', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'active', 1793295978961, 1795619178961, 1827155178961, ''),
	('01a22343-e2e3-7017-9ef0-c4e40a29c786', 'default', 'VIP-XYF5ZGXPCGV3', 'VIP', 'XYF5ZGXPCGV3', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'active', 1793295978961, 1795639578961, 1827175578961, ''),
	('01a22343-e2e3-701a-90fe-348cba0bc059', 'default', 'VIP-CSANXRDWBRQX', 'VIP', 'CSANXRDWBRQX', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'active', 1793295978961, 1795704378961, 1827240378961, ''),
	('01a22343-e2e3-701d-bf0a-01a26a762fab', 'default', 'VIP-4GDSTHMZBYYE', 'VIP', '4GDSTHMZBYYE', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'active', 1793295978961, 1795851978961, 1827387978961, ''),
	('01a22344-393b-7000-8ab9-48d77acee26d', 'default', 'GOLD-BOUND23456', 'GOLD', 'BOUND23456', '01a22344-37ce-7000-bd86-0901bccf7c65', '01a22344-3935-7000-937c-b1ba8ad8e84c', 'active', 1795888003381, 1795888003531, NULL, 'kept'),
	('01a22343-e2e3-7030-922d-6eb14c25fd36', 'default', 'VIP-BG532TGZ5CZK', 'VIP', 'BG532TGZ5CZK', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e2e3-7031-af20-52d919c71100', 'default', 'VIP-TC7ZQKV3C8TB', 'VIP', 'TC7ZQKV3C8TB', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'unused', 1793295978961, NULL, NULL, ''),
	('01a22343-e250-700b-af54-93e457e6dd4a', 'default', 'PREMIUM-ZURDNK33FEC2', 'PREMIUM', 'ZURDNK33FEC2', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1793324778961, 1795916778961, ''),
	('01a22344-393b-7002-afb5-51f827ad5565', 'default', 'GOLD-GONE234567', 'GOLD', 'GONE234567', '01a22344-37ce-7000-bd86-0901bccf7c65', '01a22344-3935-7000-937c-b1ba8ad8e84c', 'revoked', 1795888003381, 1795888004175, NULL, ''),
	('01a22343-e1ac-704a-8d72-7c1c656190bf', 'default', 'BASIC-BT3JVYJ7VDQD', 'BASIC', 'BT3JVYJ7VDQD', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1793353578961, 1793364378961, ''),
	('01a22343-e250-7008-a2c3-5cc5d3910ea2', 'default', 'PREMIUM-SRDUHMZKXX6Z', 'PREMIUM', 'SRDUHMZKXX6Z', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1793419407533, 1796011407533, ''),
	('01a22343-e1ac-7078-baf6-d37bbaa81bbd', 'default', 'BASIC-552MA4NAEVJZ', 'BASIC', '552MA4NAEVJZ', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'suspended', 1793295978961, 1793456436104, 1793467236104, ''),
	('01a22343-e1ac-7030-b36a-7e240cfc491b', 'default', 'BASIC-P44ZQEKTCX4R', 'BASIC', 'P44ZQEKTCX4R', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1793407064676, 1793417864676, ''),
	('01a22343-e250-7057-beb3-78045e8c4a04', 'default', 'PREMIUM-UP8A4NMVB57X', 'PREMIUM', 'UP8A4NMVB57X', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1793511978961, 1796103978961, ''),
	('01a22343-e250-7042-837c-7932b13a7d1d', 'default', 'PREMIUM-HGDY6ZEWGTXC', 'PREMIUM', 'HGDY6ZEWGTXC', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1793526378961, 1796118378961, ''),
	('01a22343-e1ac-702f-b55a-f3ca8c6466e8', 'default', 'BASIC-87GST7JYA88C', 'BASIC', '87GST7JYA88C', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1793483178961, 1793493978961, ''),
	('01a22343-e1ac-701e-8b43-cc6c449b3f54', 'default', 'BASIC-7G67DXAMB4KH', 'BASIC', '7G67DXAMB4KH', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1793497578961, 1793508378961, ''),
	('01a22343-e1ac-7062-b78e-49a3d43d32db', 'default', 'BASIC-G5TP6U6J3CT5', 'BASIC', 'G5TP6U6J3CT5', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'revoked', 1793295978961, 1793567521818, 1793578321818, ''),
	('01a22343-e1ac-701a-ae5c-c43063f3a64d', 'default', 'BASIC-SUGZ65C7T2RU', 'BASIC', 'SUGZ65C7T2RU', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1793604550390, 1793615350390, ''),
	('01a22343-e250-7038-a332-cef504889136', 'default', 'PREMIUM-9T3CD7U7G3JY', 'PREMIUM', '9T3CD7U7G3JY', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1793666264676, 1796258264676, ''),
	('01a22343-e2e3-7013-a4af-78c2df45b9e0', 'default', 'VIP-YUXQ2X5MPC4V', 'VIP', 'YUXQ2X5MPC4V', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'active', 1793295978961, 1793678607533, 1825214607533, ''),
	('01a22343-e1ac-7072-b6c9-331e4f00e270', 'default', 'BASIC-AKFFYBHKK6F2', 'BASIC', 'AKFFYBHKK6F2', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1793749578961, 1793760378961, '');
INSERT INTO public.licenses VALUES
	('01a22343-e1ac-7076-a2ee-eacdb983b797', 'default', 'BASIC-A977AMQJ7CHE', 'BASIC', 'A977AMQJ7CHE', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794019578961, 1794030378961, ''),
	('01a22343-e1ac-7013-96c6-641d8c21f9dc', 'default', 'BASIC-MNNW7XGPN4XS', 'BASIC', 'MNNW7XGPN4XS', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794041178961, 1794051978961, ''),
	('01a22343-e1ac-7023-9467-71b0c70e68a6', 'default', 'BASIC-U9A899DECTTA', 'BASIC', 'U9A899DECTTA', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794062778961, 1794073578961, ''),
	('01a22343-e1ac-7031-bf50-fdd862d9662e', 'default', 'BASIC-V3SH4WUZGMM6', 'BASIC', 'V3SH4WUZGMM6', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1794203178961, 1794213978961, ''),
	('01a22343-e2e3-7004-bd91-80e128bbecf3', 'default', 'VIP-VSJS35QNK6NR', 'VIP', 'VSJS35QNK6NR', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'active', 1793295978961, 1794320436104, 1825856436104, ''),
	('01a22343-e2e3-702e-a2c4-351dd9594047', 'default', 'VIP-GX8PBF95KA6P', 'VIP', 'GX8PBF95KA6P', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'active', 1793295978961, 1794365178961, 1825901178961, ''),
	('01a22343-e2e3-702f-8cf5-fff192f43c3e', 'default', 'VIP-PZ36SJVJNE2J', 'VIP', 'PZ36SJVJNE2J', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'active', 1793295978961, 1794947178961, 1826483178961, ''),
	('01a22343-e1ac-7083-8876-72b8994b64aa', 'default', 'BASIC-WM4CCGGDRKYD', 'BASIC', 'WM4CCGGDRKYD', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795077978961, 1795088778961, ''),
	('01a22343-e2e3-702c-81d0-f5b2dfd694f7', 'default', 'VIP-UBSVNF4YETT6', 'VIP', 'UBSVNF4YETT6', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'active', 1793295978961, 1795122721818, 1826658721818, ''),
	('01a22343-e1ac-7024-9cbd-45d44641876e', 'default', 'BASIC-TXJS6NGB3AZ9', 'BASIC', 'TXJS6NGB3AZ9', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795326378961, 1795337178961, ''),
	('01a22343-e2e3-7028-83ac-126c40bc12da', 'default', 'VIP-HGARBVK7PBRT', 'VIP', 'HGARBVK7PBRT', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'active', 1793295978961, 1795436778961, 1826972778961, ''),
	('01a22343-e250-7000-bc1a-8977fc30127c', 'default', 'PREMIUM-KMSTJBB8JE99', 'PREMIUM', 'KMSTJBB8JE99', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1795517693247, 1798109693247, ''),
	('01a22343-e250-7046-b75e-06f6787e16cb', 'default', 'PREMIUM-AV94Y9PK2JQX', 'PREMIUM', 'AV94Y9PK2JQX', '01a22343-e21c-7000-b172-2553b3c37581', '01a22343-e243-7000-9c15-64fee1087415', 'active', 1793295978961, 1795661178961, 1798253178961, ''),
	('01a22343-e1ac-7058-8a89-baefcb46a4ea', 'default', 'BASIC-KA7BAJVE368M', 'BASIC', 'KA7BAJVE368M', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795746597143, 1795757397143, ''),
	('01a22343-e1ac-7050-80fd-d14cd6ff5a98', 'default', 'BASIC-HVXVZM27JGAJ', 'BASIC', 'HVXVZM27JGAJ', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795778015325, 1795788815325, ''),
	('01a22343-e2e3-702d-abc8-a1367ca4aea0', 'default', 'VIP-PX6CXATDA59T', 'VIP', 'PX6CXATDA59T', '01a22343-e267-7000-bc97-6b848fc42a20', '01a22343-e2d3-7000-ba36-b5deaf9f23a9', 'active', 1793295978961, 1795880778961, 1827416778961, ''),
	('01a22343-e1ac-7064-af00-e8d0d9eb7c6e', 'default', 'BASIC-G7UZ9HM6BTZ5', 'BASIC', 'G7UZ9HM6BTZ5', '01a22343-e025-7000-9bde-e74b5e2067f2', '01a22343-e19b-7000-94e7-35d8bc106555', 'expired', 1793295978961, 1795859178961, 1795869978961, ''),
	('01a22344-393b-7001-9aa6-8a62a1b78698', 'default', 'GOLD-HELD234567', 'GOLD', 'HELD234567', '01a22344-37ce-7000-bd86-0901bccf7c65', '01a22344-3935-7000-937c-b1ba8ad8e84c', 'suspended', 1795888003381, 1795888004051, NULL, ''),
	('01a22344-408d-7000-88e5-3c13eef27887', 'default', 'OLD-E4MDE35WCEDE', 'OLD', 'E4MDE35WCEDE', '01a22344-4030-7000-9eef-8c0aeb7b06b2', '01a22344-4082-7000-bb93-59a90ce6a366', 'unused', 1795888005250, NULL, NULL, ''),
	('01a22344-408d-7001-b517-ba457a1a9fe1', 'default', 'OLD-YRJZRWNFEWMV', 'OLD', 'YRJZRWNFEWMV', '01a22344-4030-7000-9eef-8c0aeb7b06b2', '01a22344-4082-7000-bb93-59a90ce6a366', 'unused', 1795888005250, NULL, NULL, '');

INSERT INTO public.plans VALUES
	('01a22343-e025-7000-9bde-e74b5e2067f2', 'default', '01a22343-e025-7001-8ac6-2bafa9dcb751', 'Basic', 10800, 100, 'CNY', 1, 'BASIC', 86400, '{}', 'Three hours to try it.', 1, 1793295978961, 1793295978961, NULL),
	('01a22343-e21c-7000-b172-2553b3c37581', 'default', '01a22343-e025-7001-8ac6-2bafa9dcb751', 'Premium', 2592000, 3000, 'CNY', 2, 'PREMIUM', 86400, '{"export":true,"projects":20}', '', 1, 1793295978961, 1793295978961, NULL),
	('01a22343-e267-7000-bc97-6b848fc42a20', 'default', '01a22343-e025-7001-8ac6-2bafa9dcb751', 'VIP', 31536000, 29800, 'CNY', 3, 'VIP', 604800, '{"export":true,"projects":-1,"support":"priority"}', '', 1, 1793295978961, 1793295978961, NULL),
	('01a22344-37ce-7000-bd86-0901bccf7c65', 'default', '01a22344-37ce-7001-a1cb-1712c8faffc2', 'Golden', NULL, 0, 'CNY', 3, 'GOLD', 86400, '{}', 'Zeile eins
第二行 "☃" \ 	''''', 1, 1795888003022, 1795888003022, NULL),
	('01a22344-4030-7000-9eef-8c0aeb7b06b2', 'default', '01a22344-3ea5-7001-ae1f-7918cd6392bc', 'Retired', 10800, 0, 'CNY', 1, 'OLD', 86400, '{}', '', 0, 1795888005168, 1795888005351, 1795888005351);

INSERT INTO public.products VALUES
	('01a22343-e025-7001-8ac6-2bafa9dcb751', 'default', 'Atlas', 'software', 1793295978961),
	('01a22344-37ce-7001-a1cb-1712c8faffc2', 'default', 'Æther', 'software', 1795888003022),
	('01a22344-3ea5-7001-ae1f-7918cd6392bc', 'default', 'Default', 'software', 1795888004773);

INSERT INTO public.schema_version VALUES
	(1, '0001_foundation', 1795887978556);

INSERT INTO public.security_events VALUES
	('01a22344-6bdd-7000-acb3-457f4140e755', 'default', 1795888016349, 'keys.guessed', 'warn', '127.0.0.1', '127.0.0.1', '10');

INSERT INTO public.sessions VALUES
	('a9634a4e7968ed25e0499e9fa74707227673e8c01037b071f04f5db1d907282b', 'default', '01a22344-08d6-7000-b760-8b894f659129', 1795888010760, 1795888010760, 1795931210760, '127.0.0.1', 'curl/7.88.1');

INSERT INTO public.settings VALUES
	('default', 'site_name', '钥匙店', 1795888002149),
	('default', 'expiring_soon_days', '3', 1795888002162);

INSERT INTO public.setup_links VALUES
	('default', '4ef1106a4b9a4126c6a1d9131c24d3f92a1d2da11cfb206cd7195c09df990059', 1795887986121, 1795889786121, 1795887991063);

INSERT INTO public.sign_ins VALUES
	('01a22344-4abb-7000-b164-c27ca8149535', 'default', '01a22344-08d6-7000-b760-8b894f659129', 'mia', 1795888007867, 'wrong', '127.0.0.1', 'curl/7.88.1'),
	('01a22344-55f8-7000-9d29-304943aebc3f', 'default', '01a22344-08d6-7000-b760-8b894f659129', 'mia', 1795888010730, 'ok', '127.0.0.1', 'curl/7.88.1');

INSERT INTO public.signing_keys VALUES
	('01a22344-32b6-7cc7-ac8a-aa10054bd9c3', 'default', '682c2eae45af79fc9317ea3392477ad04ca3d08e97e515fe6da44eaf1c404c78', '2D+H8XwTLGHiqo/CGu3Xd3rdkt8Hi7Sv5R9axs8dh1z5+lAFgcpntx2z9khvZZPkEK/nM441n6lkJ+DcdUW98GQrtDeglnZA', 1795888001719, NULL);

INSERT INTO public.tenants VALUES
	('default', 'default', 0);

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_entries
    ADD CONSTRAINT audit_entries_pkey PRIMARY KEY (seq);

ALTER TABLE ONLY public.audit_head
    ADD CONSTRAINT audit_head_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.batches
    ADD CONSTRAINT batches_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.bindings
    ADD CONSTRAINT bindings_pkey PRIMARY KEY (license_id, machine_code);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (tenant_id, caller, key);

ALTER TABLE ONLY public.job_runs
    ADD CONSTRAINT job_runs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.job_states
    ADD CONSTRAINT job_states_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.license_events
    ADD CONSTRAINT license_events_pkey PRIMARY KEY (license_id, id);

ALTER TABLE ONLY public.licenses
    ADD CONSTRAINT licenses_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.plans
    ADD CONSTRAINT plans_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.products
    ADD CONSTRAINT products_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.schema_version
    ADD CONSTRAINT schema_version_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.security_events
    ADD CONSTRAINT security_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id_hash);

ALTER TABLE ONLY public.settings
    ADD CONSTRAINT settings_pkey PRIMARY KEY (tenant_id, name);

ALTER TABLE ONLY public.setup_links
    ADD CONSTRAINT setup_links_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.sign_ins
    ADD CONSTRAINT sign_ins_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.signing_keys
    ADD CONSTRAINT signing_keys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.tenants
    ADD CONSTRAINT tenants_pkey PRIMARY KEY (id);

CREATE INDEX accounts_kind ON public.accounts USING btree (tenant_id, kind, id);

CREATE UNIQUE INDEX accounts_username ON public.accounts USING btree (tenant_id, username);

CREATE UNIQUE INDEX api_tokens_hash ON public.api_tokens USING btree (token_hash);

CREATE INDEX api_tokens_tenant ON public.api_tokens USING btree (tenant_id, id);

CREATE INDEX audit_entries_action ON public.audit_entries USING btree (tenant_id, action, seq);

CREATE INDEX audit_entries_at ON public.audit_entries USING btree (tenant_id, at);

CREATE INDEX audit_entries_target ON public.audit_entries USING btree (tenant_id, target_id, seq);

CREATE INDEX audit_entries_tenant ON public.audit_entries USING btree (tenant_id, seq);

CREATE INDEX batches_tenant ON public.batches USING btree (tenant_id, id);

CREATE INDEX bindings_machine ON public.bindings USING btree (tenant_id, machine_code);

CREATE INDEX idempotency_keys_age ON public.idempotency_keys USING btree (created_at);

CREATE INDEX job_runs_name ON public.job_runs USING btree (name, id);

CREATE INDEX licenses_all ON public.licenses USING btree (tenant_id, id);

CREATE INDEX licenses_batch ON public.licenses USING btree (tenant_id, batch_id, id);

CREATE INDEX licenses_code ON public.licenses USING btree (tenant_id, code);

CREATE INDEX licenses_expiry ON public.licenses USING btree (tenant_id, state, expire_at) WHERE (expire_at IS NOT NULL);

CREATE UNIQUE INDEX licenses_key ON public.licenses USING btree (tenant_id, key);

CREATE INDEX licenses_note ON public.licenses USING btree (tenant_id, note) WHERE (note <> ''::text);

CREATE INDEX licenses_plan ON public.licenses USING btree (tenant_id, plan_id, id);

CREATE INDEX licenses_prefix ON public.licenses USING btree (tenant_id, prefix, id);

CREATE INDEX licenses_state ON public.licenses USING btree (tenant_id, state, id);

CREATE INDEX licenses_used ON public.licenses USING btree (tenant_id, used_at) WHERE (used_at IS NOT NULL);

CREATE UNIQUE INDEX plans_name ON public.plans USING btree (tenant_id, name) WHERE (retired_at IS NULL);

CREATE INDEX plans_tenant ON public.plans USING btree (tenant_id, id);

CREATE UNIQUE INDEX products_name ON public.products USING btree (tenant_id, name);

CREATE INDEX security_events_tenant ON public.security_events USING btree (tenant_id, id);

CREATE INDEX sessions_account ON public.sessions USING btree (account_id, created_at);

CREATE INDEX sessions_expiry ON public.sessions USING btree (expires_at);

CREATE INDEX sign_ins_account ON public.sign_ins USING btree (account_id, id);

CREATE INDEX sign_ins_age ON public.sign_ins USING btree (at);

CREATE INDEX sign_ins_ip ON public.sign_ins USING btree (tenant_id, ip, at);

CREATE UNIQUE INDEX signing_keys_current ON public.signing_keys USING btree (tenant_id) WHERE (retired_at IS NULL);

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id);

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id);

ALTER TABLE ONLY public.audit_entries
    ADD CONSTRAINT audit_entries_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id);

ALTER TABLE ONLY public.batches
    ADD CONSTRAINT batches_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES public.plans(id);

ALTER TABLE ONLY public.batches
    ADD CONSTRAINT batches_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id);

ALTER TABLE ONLY public.bindings
    ADD CONSTRAINT bindings_license_id_fkey FOREIGN KEY (license_id) REFERENCES public.licenses(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.bindings
    ADD CONSTRAINT bindings_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id);

ALTER TABLE ONLY public.license_events
    ADD CONSTRAINT license_events_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id);

ALTER TABLE ONLY public.licenses
    ADD CONSTRAINT licenses_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES public.batches(id);

ALTER TABLE ONLY public.licenses
    ADD CONSTRAINT licenses_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES public.plans(id);

ALTER TABLE ONLY public.licenses
    ADD CONSTRAINT licenses_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id);

ALTER TABLE ONLY public.plans
    ADD CONSTRAINT plans_product_id_fkey FOREIGN KEY (product_id) REFERENCES public.products(id);

ALTER TABLE ONLY public.plans
    ADD CONSTRAINT plans_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id);

ALTER TABLE ONLY public.products
    ADD CONSTRAINT products_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id);

ALTER TABLE ONLY public.security_events
    ADD CONSTRAINT security_events_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id);

ALTER TABLE ONLY public.settings
    ADD CONSTRAINT settings_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id);

ALTER TABLE ONLY public.setup_links
    ADD CONSTRAINT setup_links_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id);

ALTER TABLE ONLY public.sign_ins
    ADD CONSTRAINT sign_ins_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id);

ALTER TABLE ONLY public.signing_keys
    ADD CONSTRAINT signing_keys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id);

