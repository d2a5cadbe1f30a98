using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Plans;

/// <summary>Notes in the database.</summary>
internal static class PlanNoteStore
{
    private static readonly string Select = $"SELECT {PlanNote.Fields.Columns} FROM plan_notes n";
    private static readonly string InsertSql = PlanNote.Fields.Insert;

    /// <summary>A plan's, newest first.</summary>
    public static ValueTask<List<PlanNote>> List(ReadTx s, string tenant, string plan, string? after, int limit)
    {
        var filter = new SqlFilter("n.tenant_id = @tenant AND n.plan_id = @plan", ("tenant", tenant), ("plan", plan)).After("n.id", after);
        return s.All($"{Select} WHERE {filter.Sql} ORDER BY n.id DESC LIMIT @limit", PlanNote.Fields.FromRow, filter.Args(("limit", (long)limit)));
    }

    public static ValueTask<PlanNote?> Find(ReadTx s, string tenant, string plan, string id) =>
        s.One(Select + " WHERE n.tenant_id = @tenant AND n.plan_id = @plan AND n.id = @id", PlanNote.Fields.FromRow, ("tenant", tenant), ("plan", plan), ("id", id));

    public static ValueTask<int> Insert(WriteTx s, string tenant, PlanNote note) => s.Execute(InsertSql, PlanNote.Fields.Arguments(FieldUse.Inserted, tenant, note));

    public static ValueTask<int> Delete(WriteTx s, string tenant, string id) =>
        s.Execute("DELETE FROM plan_notes WHERE tenant_id = @tenant AND id = @id", ("tenant", tenant), ("id", id));
}

/// <summary>What staff do with the notes of a plan; retired plans have theirs as well.</summary>
public sealed class PlanNoteService(PlanService plans, AuditWriter audit, TimeProvider clock)
{
    /// <exception cref="Refusal">404 PLAN_NOT_FOUND.</exception>
    public async ValueTask<Slice<PlanNote>> List(ReadTx s, string tenant, string plan, string? after, int limit)
    {
        await plans.Get(s, tenant, plan);
        return Slice<PlanNote>.Of(await PlanNoteStore.List(s, tenant, plan, Cursor.Decode(after), limit + 1), limit, n => n.Id);
    }

    /// <exception cref="Refusal">404 PLAN_NOT_FOUND, or 422 on <c>text</c>.</exception>
    public async ValueTask<PlanNote> Add(WriteTx s, Caller who, string planId, PlanNote wanted)
    {
        var plan = await plans.Get(s, who.TenantId, planId);
        var note = PlanNote.Fields.Checked(wanted) with { Id = Ids.New(), PlanId = plan.Id, Author = who.Name, CreatedAt = clock.GetUtcNow().ToUnixTimeMilliseconds() };
        await PlanNoteStore.Insert(s, who.TenantId, note);
        await audit.Write(s, who, "plan.noted", PlanService.Target(plan), after: PlanNote.Fields.Json(note));
        return note;
    }

    /// <exception cref="Refusal">404 PLAN_NOT_FOUND, PLAN_NOTE_NOT_FOUND.</exception>
    public async ValueTask Remove(WriteTx s, Caller who, string planId, string id)
    {
        var plan = await plans.Get(s, who.TenantId, planId);
        var note = await PlanNoteStore.Find(s, who.TenantId, planId, id) ?? throw new Refusal(PlanErrors.NoteNotFound);
        await PlanNoteStore.Delete(s, who.TenantId, id);
        await audit.Write(s, who, "plan.note_removed", PlanService.Target(plan), before: PlanNote.Fields.Json(note));
    }
}
