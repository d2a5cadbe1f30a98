using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Support.CannedAnswers;

/// <summary>The use cases of canned answers; each runs inside the transaction it is given.</summary>
public sealed class CannedAnswerService(AuditWriter audit, TimeProvider clock)
{
    private static readonly string Select = $"SELECT {CannedAnswer.Fields.Columns} FROM canned_answers c";
    private static readonly string InsertSql = CannedAnswer.Fields.Insert + " ON CONFLICT DO NOTHING";
    private static readonly string UpdateSql = CannedAnswer.Fields.Update;

    /// <exception cref="Refusal">404 NO_SUCH_CANNED_ANSWER.</exception>
    public async ValueTask<CannedAnswer> Get(ReadTx s, string tenant, string id) =>
        await s.One(Select + " WHERE c.tenant_id = @tenant AND c.id = @id", CannedAnswer.Fields.FromRow, ("tenant", tenant), ("id", id)) ?? throw new Refusal(CannedAnswerErrors.NotFound);

    /// <summary>By their titles.</summary>
    public async ValueTask<Slice<CannedAnswer>> List(ReadTx s, string tenant, string? search, string? after, int limit)
    {
        var filter = new SqlFilter("c.tenant_id = @tenant", ("tenant", tenant)).Contains("q", search, "c.folded");
        if (Cursor.Decode(after) is { } last)
            filter.And("c.title > @last", ("last", last));
        var rows = await s.All($"{Select} WHERE {filter.Sql} ORDER BY c.title LIMIT @limit", CannedAnswer.Fields.FromRow, filter.Args(("limit", limit + 1L)));
        return Slice<CannedAnswer>.Of(rows, limit, c => c.Title);
    }

    /// <exception cref="Refusal">422 with all that is wrong, by field; the title may be taken.</exception>
    public async ValueTask<CannedAnswer> Create(WriteTx s, Caller who, CannedAnswer wanted)
    {
        var now = Now();
        var answer = CannedAnswer.Checked(wanted) with { Id = Ids.New(), CreatedAt = now, UpdatedAt = now };
        if (await s.Execute(InsertSql, CannedAnswer.Fields.Arguments(FieldUse.Inserted, who.TenantId, answer)) == 0)
            throw Refusal.Field("title", "canned.field.title_taken");
        await audit.Write(s, who, "canned_answer.created", Target(answer), after: CannedAnswer.Fields.Json(answer));
        return answer;
    }

    /// <exception cref="Refusal">404 NO_SUCH_CANNED_ANSWER, or 422 with all that is wrong, by field; the title may be taken.</exception>
    public async ValueTask<CannedAnswer> Update(WriteTx s, Caller who, string id, Func<CannedAnswer, CannedAnswer> change)
    {
        var before = await Get(s, who.TenantId, id);
        var answer = CannedAnswer.Checked(change(before)) with { UpdatedAt = Now() };
        if (await s.One("SELECT id FROM canned_answers WHERE tenant_id = @tenant AND title = @title AND id <> @id", r => r.GetString(0), ("tenant", who.TenantId), ("title", answer.Title), ("id", id)) is not null)
            throw Refusal.Field("title", "canned.field.title_taken");
        await s.Execute(UpdateSql, CannedAnswer.Fields.Arguments(FieldUse.Updated, who.TenantId, answer));
        await audit.Write(s, who, "canned_answer.changed", Target(answer), CannedAnswer.Fields.Json(before), CannedAnswer.Fields.Json(answer));
        return answer;
    }

    /// <summary>Returns what there was.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_CANNED_ANSWER.</exception>
    public async ValueTask<CannedAnswer> Remove(WriteTx s, Caller who, string id)
    {
        var gone = await Get(s, who.TenantId, id);
        await s.Execute("DELETE FROM canned_answers WHERE tenant_id = @tenant AND id = @id", ("tenant", who.TenantId), ("id", id));
        await audit.Write(s, who, "canned_answer.deleted", Target(gone), before: CannedAnswer.Fields.Json(gone));
        return gone;
    }

    private static AuditTarget Target(CannedAnswer c) => new("canned_answer", c.Id, c.Title);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>What requests about canned answers are refused with.</summary>
public static class CannedAnswerErrors
{
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_CANNED_ANSWER");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound];
}
