using System.Security.Cryptography;
using System.Text;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Relays.AclDesk;

/// <summary>A link as its person sees it.</summary>
/// <param name="Token">Null where the key that it was sealed under is lost: the link works, but cannot be shown.</param>
/// <param name="EndsAt">Null: not known yet.</param>
/// <param name="FetchedAt">When it was last used, to within ten minutes.</param>
public sealed record AclLink(string Id, string? Token, long CreatedAt, long? EndsAt, long? FetchedAt, long? FetchedVersion);

/// <summary>What a link gives now.</summary>
/// <param name="Map">Null: nothing any more.</param>
public sealed record LinkedMap(string Id, string Tenant, AclRental Rental, AclGift? Map);

/// <summary>A map in one of its forms, and its tag.</summary>
public sealed record AclGift(long Version, string Text, string Tag);

/// <summary>Links to subscribe to a map by. Their tokens are kept as hashes, and sealed for their person to see again.</summary>
public sealed class AclLinks(SecretBox box, AuditWriter audit, TimeProvider clock)
{
    private const string Purpose = "relay-map-link";

    /// <summary>How long the former token works beside a new one.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromDays(7);

    /// <summary>Sealed under a key that is lost, a link works on and is not shown.</summary>
    public static readonly SealedColumn Sealed = new("acl_links", "id", "sealed_token", Purpose, "UPDATE acl_links SET sealed_token = ''");

    /// <summary>A rental's links that work, the newest first.</summary>
    public ValueTask<List<AclLink>> Of(ReadTx s, string rental) => s.All(
        "SELECT id, sealed_token, created_at, ends_at, fetched_at, fetched_version FROM acl_links WHERE rental_id = @rental AND (ends_at IS NULL OR ends_at > @now) ORDER BY id DESC LIMIT 10",
        r => new AclLink(r.GetString(0), Open(r.GetString(1)), r.GetInt64(2), r.LongOrNull(3), r.LongOrNull(4), r.LongOrNull(5)), ("rental", rental), ("now", Now()));

    /// <summary>A new link; the one before works for a week more. The rental is locked.</summary>
    /// <param name="onlyIfThere">Not where there was none.</param>
    public async ValueTask Rotate(WriteTx s, string tenant, AclRental rental, bool onlyIfThere = false)
    {
        var now = Now();
        if (await s.Execute("UPDATE acl_links SET ends_at = @ends WHERE rental_id = @rental AND ends_at IS NULL", ("ends", now + (long)Overlap.TotalMilliseconds), ("rental", rental.Id)) == 0 && onlyIfThere)
            return;
        var token = OpaqueToken.Create();
        await s.Execute(
            "INSERT INTO acl_links (id, tenant_id, rental_id, account_id, token_hash, sealed_token, created_at) VALUES (@id, @tenant, @rental, @account, @hash, @sealed, @now)",
            ("id", Ids.New()), ("tenant", tenant), ("rental", rental.Id), ("account", rental.Account), ("hash", OpaqueToken.Hash(token)), ("sealed", box.Seal(Encoding.UTF8.GetBytes(token), Purpose)), ("now", now));
    }

    /// <summary>The same, asked for by somebody.</summary>
    public async ValueTask Rotate(WriteTx s, Caller who, AclRental rental)
    {
        await Rotate(s, who.TenantId, rental);
        if (!who.IsCustomer)
            await audit.Write(s, who, "acl.link_made", new AuditTarget("rental", rental.Id, rental.Id));
    }

    /// <summary>All of a rental's links are dead from now on.</summary>
    public async ValueTask Revoke(WriteTx s, Caller who, AclRental rental)
    {
        await s.Execute("UPDATE acl_links SET ends_at = @now WHERE rental_id = @rental AND (ends_at IS NULL OR ends_at > @now)", ("now", Now()), ("rental", rental.Id));
        if (!who.IsCustomer)
            await audit.Write(s, who, "acl.link_ended", new AuditTarget("rental", rental.Id, rental.Id));
    }

    /// <summary>What a token gives; null where nobody has it, or it is dead.</summary>
    /// <param name="format"><see cref="AclVersion.Derp"/> or <see cref="AclVersion.Yaml"/>.</param>
    internal ValueTask<LinkedMap?> Find(ReadTx s, string token, string format)
    {
        var now = Now();
        return s.One(
            $"""
            SELECT k.id, k.tenant_id, k.rental_id, k.account_id, r.start_at, r.start_by, r.end_at, r.duration_ms, r.suspended_at, r.released_at, v.version, v.{(format == AclVersion.Yaml ? "headscale" : "derp_map")}, v.tag
            FROM acl_links k JOIN rentals r ON r.id = k.rental_id
            LEFT JOIN acl_versions v ON v.rental_id = k.rental_id AND v.version = (SELECT MAX(x.version) FROM acl_versions x WHERE x.rental_id = k.rental_id)
            WHERE k.token_hash = @hash AND (k.ends_at IS NULL OR k.ends_at > @now)
            """,
            r =>
            {
                var ends = AclRentals.EndsAt(r.LongOrNull(4), r.LongOrNull(5), r.LongOrNull(6), r.LongOrNull(7), now);
                var rental = new AclRental(r.GetString(2), r.GetString(3), "", "", "", 0, ends, r.LongOrNull(8) is not null, r.LongOrNull(9) is not null, r.LongOrNull(10) ?? 0);
                var map = rental.Runs(now) && r.LongOrNull(10) is { } version ? new AclGift(version, r.GetString(11), r.GetString(12)) : null;
                return new LinkedMap(r.GetString(0), r.GetString(1), rental, map);
            }, ("hash", OpaqueToken.Hash(token)), ("now", now));
    }

    /// <summary>That a link was used, and which version it gave.</summary>
    internal static ValueTask<int> Fetched(WriteTx s, string id, long version, long now) =>
        s.Execute("UPDATE acl_links SET fetched_at = @now, fetched_version = @version WHERE id = @id", ("now", now), ("version", version), ("id", id));

    private string? Open(string sealedToken)
    {
        if (sealedToken.Length == 0)
            return null;
        try
        {
            return Encoding.UTF8.GetString(box.Open(sealedToken, Purpose));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
