using Gatehouse.Audit.Chain;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Audit.Log;

/// <summary>The end of a tenant's chain as the database has it.</summary>
/// <param name="Hash">Of the last entry; empty before the first.</param>
/// <param name="BeginsAfter">Entries up to this number belong to the chain that all tenants shared.</param>
/// <param name="Mark">Of all that under the chain's secret; null before the first entry, and before there were secrets.</param>
internal sealed record AuditHead(string Tenant, long Seq, string Hash, long BeginsAfter, string? Mark)
{
    private const string Columns = "SELECT tenant_id, seq, hash, begins_after, mark FROM audit_heads";

    public RememberedHead Remembered => new(Tenant, Seq, Hash);

    public string MarkUnder(ChainSecret secret) => secret.Mark($"head|{Tenant.Length}:{Tenant}|{Seq}|{Hash}|{BeginsAfter}");

    /// <summary>Was it written by whoever has the secret?</summary>
    public bool Fits(ChainSecret secret) => Mark is null ? (Seq, Hash, BeginsAfter) is (0, "", 0) : Mark == MarkUnder(secret);

    /// <summary>Does the log still hold what is remembered of it?</summary>
    public async ValueTask<bool> Holds(ReadTx s, RememberedHead known)
    {
        if (known.Seq >= Seq)
            return known.Seq == Seq && known.Hash == Hash;
        var there = known.Seq == BeginsAfter
            ? await s.One("SELECT hash FROM audit_head WHERE id = 1", r => r.GetString(0))
            : await s.One("SELECT hash FROM audit_entries WHERE tenant_id = @tenant AND seq = @seq", r => r.GetString(0), ("tenant", Tenant), ("seq", known.Seq));
        return there == known.Hash;
    }

    public static ValueTask<AuditHead?> Locked(WriteTx s, string tenant) => s.Locked(Columns + " WHERE tenant_id = @tenant", Read, ("tenant", tenant));

    public static ValueTask<List<AuditHead>> All(ReadTx s) => s.All(Columns + " ORDER BY tenant_id", Read);

    public static ValueTask<List<AuditHead>> AllLocked(WriteTx s) => s.LockedAll(Columns + " ORDER BY tenant_id", null, Read);

    public static ValueTask<int> Put(WriteTx s, AuditHead head) => s.Execute("UPDATE audit_heads SET seq = @seq, hash = @hash, mark = @mark WHERE tenant_id = @tenant",
        ("seq", head.Seq), ("hash", head.Hash), ("mark", head.Mark), ("tenant", head.Tenant));

    private static AuditHead Read(Row r) => new(r.GetString(0), r.GetInt64(1), r.GetString(2), r.GetInt64(3), r.TextOrNull(4));
}
