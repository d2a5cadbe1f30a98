using System.Globalization;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Endpoints;

/// <summary>What a tenant has at a moment, as text: every row that a request may change, and the audit log in its order.</summary>
public sealed record Snapshot(IReadOnlyList<string> Rows, IReadOnlyList<string> Audit)
{
    /// <summary>Of messages that tests leave in the outbox: nothing handles them.</summary>
    public const string Topic = "test.unhandled";

    // Times stand still in tests, so they compare like anything else. What is noted by the way (last use, sign-ins) is left out.
    private static readonly (string Table, string[] Columns)[] Tables =
    [
        ("settings", ["name", "value"]),
        ("accounts", ["id", "username", "display_name", "password_hash", "role", "role_scope", "password_one_time", "disabled_at", "email", "phone", "language", "time_zone", "note", "failures", "leaves_at"]),
        ("account_logins", ["name", "account_id"]),
        ("sign_in_failures", ["account_id", "source", "failures"]),
        ("sessions", ["id_hash", "account_id"]),
        ("two_factors", ["account_id", "confirmed_at"]),
        ("passkeys", ["id", "account_id", "name"]),
        ("recovery_codes", ["account_id", "used_at"]),
        ("staff_roles", ["id", "name", "permissions"]),
        ("api_tokens", ["id", "name", "role", "role_id", "scopes", "created_by", "expires_at", "revoked_at"]),
        ("setup_links", ["used_at"]),
        ("products", ["id", "name", "kind"]),
        ("plans", ["id", "product_id", "name", "duration_seconds", "price", "currency", "machine_limit", "prefix", "offline_grace_seconds", "releases_per_month", "entitlements", "notes", "enabled", "on_sale", "tiers", "stock_batch", "order_limit", "person_limit", "day_limit", "trial", "recharge", "order_form", "add_ons", "switch_to", "delivery", "description_en", "shop_group", "servers_per_rental", "device_limit", "traffic_quota", "rate_limit", "regions", "start", "capacity", "renewable", "grace_seconds", "updated_at", "retired_at"]),
        ("plan_notes", ["id", "plan_id", "text", "author"]),
        ("announcements", ["id", "title_en", "title_zh", "text_en", "text_zh", "severity", "audience", "starts_at", "ends_at", "by_mail", "updated_at"]),
        ("mail_choices", ["account_id"]),
        ("channels", ["id", "kind", "name", "enabled", "settings", "events", "account_id"]),
        ("customer_imports", ["id", "account_id"]),
        ("articles", ["id", "slug", "title_en", "title_zh", "body_en", "body_zh", "published", "position", "updated_at"]),
        ("tickets", ["id", "number", "account_id", "subject", "about", "state", "priority", "assignee", "messages"]),
        ("ticket_messages", ["id", "ticket_id", "kind", "author_id", "text"]),
        ("ticket_files", ["id", "message_id", "account_id", "name", "type", "bytes", "sha256"]),
        ("canned_answers", ["id", "title", "text_en", "text_zh", "updated_at"]),
        ("batches", ["id", "plan_id", "name", "prefix", "key_count"]),
        ("licenses", ["id", "key", "prefix", "plan_id", "batch_id", "state", "used_at", "expire_at", "note"]),
        ("bindings", ["license_id", "machine_code"]),
        ("invitations", ["id", "name", "uses", "max_uses", "expires_at", "revoked_at"]),
        ("point_entries", ["account_id", "number", "amount", "balance", "reason", "actor"]),
        ("account_notes", ["id", "account_id", "text", "author"]),
        ("account_keys", ["account_id", "license_id"]),
        ("license_events", ["license_id", "kind", "actor", "detail"]),
        ("payment_channels", ["id", "kind", "name", "currencies", "settings", "secrets", "icon", "plans", "fee_rate", "fee_fixed", "fee_by", "minimum", "maximum", "wait_minutes", "shop_order", "enabled", "updated_at"]),
        ("distributors", ["account_id", "state", "level", "currency", "credit", "application", "reason", "updated_at"]),
        ("acl_choices", ["rental_id", "account_id", "omit_default", "left_out", "names", "machines"]),
        ("acl_versions", ["rental_id", "account_id", "version", "cause", "tag"]),
        ("tailnets", ["rental_id", "account_id", "kind", "url", "read_only", "tag", "choose", "delivered_version"]),
        ("acl_links", ["rental_id", "account_id", "ends_at"]),
        ("invite_codes", ["account_id"]),
        ("invited", ["id", "account_id", "inviter", "state"]),
        ("distributor_orders", ["order_id", "account_id", "reference", "customer"]),
        ("distributor_links", ["account_id", "name"]),
        ("referrals", ["account_id"]),
        ("distributor_rates", ["plan_id", "level", "rate"]),
        ("commission_terms", ["hold_days"]),
        ("commissions", ["order_id", "account_id", "rate", "returned", "amount", "paid_at", "earned_at"]),
        ("withdrawals", ["account_id", "amount", "way", "details", "state", "reference"]),
        ("distributor_prices", ["plan_id", "level", "from_quantity", "price"]),
        ("relay_servers", ["id", "kind", "name", "address", "ipv6", "region_code", "region_name", "port_from", "port_to", "slot_limit", "notes", "draining", "docker", "link_url", "leaving", "updated_at"]),
        ("relay_left_engines", ["id", "name"]),
        ("rentals", ["id", "account_id", "plan_id", "name", "start_at", "end_at", "suspended_at", "released_at", "acl_version", "version", "notes"]),
        ("rental_events", ["rental_id", "account_id", "kind", "license_id", "order_id"]),
        ("relay_anomalies", ["id", "rental_id", "lifted_at"]),
        ("relay_hosts", ["server_id"]),
        ("relay_containers", ["id", "slot_id", "server_id", "wanted"]),
        ("relay_slots", ["id", "rental_id", "server_id", "position", "region_id", "released_at"]),
        ("relay_moves", ["slot_id", "from_server", "cause", "state"]),
        ("rental_devices", ["id", "rental_id", "node_key", "name"]),
        ("rental_refused", ["rental_id", "node_key", "name", "hidden_at"]),
        ("coupons", ["id", "code", "name", "percent", "amount", "currency", "plans", "shop_groups", "starts_at", "ends_at", "total_limit", "person_limit", "minimum", "first_order", "stackable", "enabled", "uses", "codes", "updated_at"]),
        ("coupon_codes", ["coupon_id", "single", "order_id"]),
        ("coupon_uses", ["coupon_id", "order_id", "code", "discount", "returned_at"]),
        ("receipts", ["order_id", "buyer"]),
        ("orders", ["id", "kind", "state", "account_id", "email", "plan_id", "quantity", "amount", "fee", "channel_id", "handed_over", "form", "paid_at", "delivered_at", "closed_at"]),
        ("order_events", ["order_id", "kind", "actor", "detail"]),
        ("plan_pictures", ["plan_id", "name"]),
        ("trial_uses", ["plan_id", "who"]),
        ("order_key_changes", ["order_id", "license_id", "kind", "seconds", "machines", "done_at", "ends_at", "taken_back", "undone_at", "to_plan", "credit", "rest", "switched_at"]),
        ("order_key_credits", ["order_id", "of_order", "amount", "undone_at"]),
        ("license_extras", ["license_id", "source", "machines"]),
        ("auto_renewals", ["license_id", "account_id"]),
        ("recharge_uses", ["license_id", "amount", "paid"]),
        ("order_keys", ["order_id", "delivered_at"]),
        ("payment_attempts", ["order_id", "state", "amount"]),
        ("payments", ["order_id", "amount", "problem", "open_amount", "resolution"]),
        ("refunds", ["id", "order_id", "payment_id", "way", "state", "amount", "reason", "reference"]),
        ("ledger_entries", ["account", "currency", "amount"]),
        ("ledger_balances", ["account", "currency", "balance", "credit", "granted", "notice_below"]),
    ];

    // Those that the default one's owner has made, and what belongs to them; tests make others. What one that is removed had goes by itself.
    private const string Made = "@tenant = 'default' AND {0} NOT LIKE 'tenant%'", Going = "SELECT t.id FROM tenants t WHERE t.state IN ('removing', 'removed')";

    private static readonly string[] OfTenants =
    [
        $"{Lines("tenants", ["id", "name", "languages", "colour", "logo", "updated_at", "state"])} WHERE {Of("id")}",
        $"SELECT 'tenants:  id ' || id || '  going' FROM tenants WHERE {string.Format(CultureInfo.InvariantCulture, Made, "id")} AND id IN ({Going})",
        $"{Lines("tenant_hosts", ["tenant_id", "host", "position"])} WHERE {Of("tenant_id")}",
        $"{Lines("tenant_quotas", ["tenant_id", "kind", "most"])} WHERE {Of("tenant_id")}",
        $"{Lines("brand_files", ["tenant_id", "name"])} WHERE {Of("tenant_id")}",
        $"{Lines("settings", ["tenant_id", "name", "value"])} WHERE tenant_id <> 'default' AND {Of("tenant_id")}",
    ];

    // One statement: each of thousands of rounds is looked at twice. Other topics are delivered by themselves, and letters are written by themselves. Jobs belong to no
    // tenant, and run by themselves: only what staff set is compared.
    private static readonly string RowsSql = string.Join("\nUNION ALL ", Tables.Select(t => $"{Lines(t.Table, t.Columns)} WHERE tenant_id = @tenant")
        .Append($"{Lines("outbox", ["id", "dead_at", "done_at", "next_try_at", "tries", "payload"])} WHERE tenant_id = @tenant AND topic = @topic")
        .Concat(OfTenants)
        .Append($"{Lines("mail_texts", ["name", "language", "subject", "body"])} WHERE tenant_id = @tenant AND name NOT LIKE 'letter:%'")
        .Append($"{Lines("job_states", ["name", "cron"])} WHERE cron IS NOT NULL"));

    private static readonly string AuditSql = $"{Lines("audit_entries", ["actor_kind", "action", "target_kind", "target_name", "before_json", "after_json", "reason"])} WHERE tenant_id = @tenant ORDER BY seq";

    public static Task<Snapshot> Take(TestServer server, string tenant) => server.Db.Read(async s => new Snapshot(
        await s.All(RowsSql, r => r.GetString(0), ("tenant", tenant), ("topic", Topic)), await s.All(AuditSql, r => r.GetString(0), ("tenant", tenant))));

    /// <summary>What came, what went, and what was audited since the earlier one; things by their names.</summary>
    public string Since(Snapshot earlier, Things things)
    {
        var gone = earlier.Rows.ToList();
        var come = Rows.Where(row => !gone.Remove(row)).Select(row => "+ " + things.Plain(row));
        return string.Join('\n', come.Concat(gone.Select(row => "- " + things.Plain(row))).Order(StringComparer.Ordinal).Concat(Audit.Skip(earlier.Audit.Count).Select(things.Plain)));
    }

    private static string Of(string column) => $"{string.Format(CultureInfo.InvariantCulture, Made, column)} AND {column} NOT IN ({Going})";

    // Each row as a text: the table, and what is in its columns by their names.
    private static string Lines(string table, string[] columns) =>
        $"SELECT '{table}:'{string.Concat(columns.Select(c => $" || COALESCE('  {c} ' || CAST({c} AS TEXT), '')"))} FROM {table}";
}
