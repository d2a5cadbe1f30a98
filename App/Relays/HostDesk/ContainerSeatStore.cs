using Gatehouse.Platform.Storage;

namespace Gatehouse.Relays.HostDesk;

/// <summary>What lets one container in, and the link that it has.</summary>
/// <param name="Id">The container's, or of one on trial its own.</param>
/// <param name="Sealed">Its secret.</param>
/// <param name="Image">What it was made from; empty: it was never made.</param>
/// <param name="LinkId">Null: it is not connected.</param>
/// <param name="Ways">What its engine made of what it was asked for, a line each: that is no change of anybody's.</param>
internal sealed record ContainerSeat(string Id, string Sealed, string Hash, string Image, string? LinkId, long? ConnectedAt, string Version, long? ClockMs, string? HeldBy, string Ways = "");

/// <summary>Containers that dial out to the appliance, each by a secret of its own, in the database.</summary>
internal static class ContainerSeatStore
{
    // By the database's clock, which all nodes share.
    private const long Lease = 30_000;

    /// <summary>No trial takes longer, in milliseconds.</summary>
    internal const long TrialsFor = 600_000;
    private const string Select = "SELECT id, sealed_secret, secret_hash, image, link_id, connected_at, version, clock_ms, held_by, ways FROM relay_container_links";

    public static ValueTask<HostSeat?> Seat(ReadTx s, string hash) =>
        s.One("SELECT tenant_id, server_id, id FROM relay_container_links WHERE secret_hash = @hash", r => new HostSeat(r.GetString(0), r.GetString(1), hash, r.GetString(2)), ("hash", hash));

    public static ValueTask<ContainerSeat?> Find(ReadTx s, string id) => s.One(Select + " WHERE id = @id", Map, ("id", id));

    /// <summary>Of all containers of a server, by container.</summary>
    public static async ValueTask<Dictionary<string, ContainerSeat>> OfServer(ReadTx s, string server) =>
        (await s.All(Select + " WHERE server_id = @server AND container_id IS NOT NULL", Map, ("server", server))).ToDictionary(l => l.Id);

    /// <summary>A secret for a container, in place of the one before.</summary>
    public static ValueTask<int> Make(WriteTx s, string tenant, string server, string container, string hash, string sealedSecret, long now) => s.Execute(
        """
        INSERT INTO relay_container_links (id, container_id, tenant_id, server_id, secret_hash, sealed_secret, made_at)
        SELECT c.id, c.id, @tenant, @server, @hash, @sealed, @now FROM relay_containers c WHERE c.id = @id
        ON CONFLICT (id) DO UPDATE SET secret_hash = @hash, sealed_secret = @sealed, made_at = @now, link_id = NULL, held_by = NULL
        """, ("id", container), ("tenant", tenant), ("server", server), ("hash", hash), ("sealed", sealedSecret), ("now", now));

    /// <summary>The same for one on trial, which is nobody's. Those that were left behind go.</summary>
    public static async ValueTask<int> MakeTrial(WriteTx s, string tenant, string id, string hash, long now)
    {
        await s.Execute("DELETE FROM relay_container_links WHERE container_id IS NULL AND made_at < @before", ("before", now - TrialsFor));
        return await s.Execute("INSERT INTO relay_container_links (id, container_id, tenant_id, server_id, secret_hash, sealed_secret, made_at) VALUES (@id, NULL, @tenant, '', @hash, '', @now)",
            ("id", id), ("tenant", tenant), ("hash", hash), ("now", now));
    }

    public static ValueTask<int> EndTrial(WriteTx s, string id) => s.Execute("DELETE FROM relay_container_links WHERE id = @id AND container_id IS NULL", ("id", id));

    /// <summary>It is made from that image from now on.</summary>
    public static ValueTask<int> MadeFrom(WriteTx s, string id, string image) => s.Execute("UPDATE relay_container_links SET image = @image WHERE id = @id", ("id", id), ("image", image));

    /// <summary>It is as it was asked for but for this, which is its engine's way.</summary>
    public static ValueTask<int> MadeSo(WriteTx s, string id, string ways) => s.Execute("UPDATE relay_container_links SET ways = @ways WHERE id = @id AND ways <> @ways", ("id", id), ("ways", ways));

    /// <summary>Somebody had changed it by hand, and it is put right.</summary>
    /// <param name="what">Which fields, by their names.</param>
    public static ValueTask<int> Mended(WriteTx s, string id, string what, long now) => s.Execute("UPDATE relay_container_links SET mended = @what, mended_at = @now WHERE id = @id", ("id", id), ("what", what), ("now", now));

    /// <summary>The link is the container's one from now on, unless its secret is not valid any more.</summary>
    public static async ValueTask<bool> Claim(WriteTx s, HostSeat seat, string link, string process, string version, long clockMs, long now)
    {
        var until = await s.Now() + Lease;
        return await s.Execute("UPDATE relay_container_links SET link_id = @link, held_by = @me, held_until = @until, connected_at = @now, version = @version, clock_ms = @clock WHERE id = @id AND secret_hash = @hash",
            ("link", link), ("me", process), ("until", until), ("now", now), ("version", version), ("clock", clockMs), ("id", seat.Key), ("hash", seat.SecretHash)) > 0;
    }

    /// <summary>Keeps what the process has, and ends the links of processes that are gone.</summary>
    public static async ValueTask<int> Hold(WriteTx s, string process, long seenAt)
    {
        var now = await s.Now();
        await s.Execute("UPDATE relay_container_links SET held_until = @until, seen_at = @seen WHERE held_by = @me", ("until", now + Lease), ("seen", seenAt), ("me", process));
        return await s.Execute("UPDATE relay_container_links SET link_id = NULL, held_by = NULL WHERE link_id IS NOT NULL AND held_until < @now", ("now", now));
    }

    /// <summary>The link has ended; where another has taken its place, that stays.</summary>
    public static async ValueTask<bool> Leave(WriteTx s, HostSeat seat, string link) =>
        await s.Execute("UPDATE relay_container_links SET link_id = NULL, held_by = NULL, held_until = 0 WHERE id = @id AND link_id = @link", ("id", seat.Key), ("link", link)) > 0;

    /// <summary>The links that the process should have, by container.</summary>
    public static async ValueTask<Dictionary<string, string>> Links(ReadTx s, string process) =>
        (await s.All("SELECT id, link_id FROM relay_container_links WHERE held_by = @me AND link_id IS NOT NULL", r => KeyValuePair.Create(r.GetString(0), r.GetString(1)), ("me", process))).ToDictionary();

    /// <summary>Is the slot the container's?</summary>
    public static async ValueTask<bool> Has(ReadTx s, string container, string slot) =>
        await s.One("SELECT id FROM relay_containers WHERE id = @id AND slot_id = @slot", r => r.GetString(0), ("id", container), ("slot", slot)) is not null;

    private static ContainerSeat Map(Row r) => new(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.TextOrNull(4), r.LongOrNull(5), r.GetString(6), r.LongOrNull(7), r.TextOrNull(8), r.GetString(9));
}
