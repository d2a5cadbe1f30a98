using System.Security.Cryptography;
using Gatehouse.Audit.Log;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Coupons;

/// <summary>The use cases of coupons as staff have them; each runs inside the transaction it is given.</summary>
public sealed class CouponService(PlanService plans, AuditWriter audit, TimeProvider clock)
{
    /// <summary>So many codes for one use are made at once, and of one coupon.</summary>
    public const int MaxCodesAtOnce = 5000;
    private const long MaxCodes = 200_000;

    // Without what is mistaken for something else; ten of them are not guessed.
    private const string Alphabet = "3467ACDEFGHJKMNPQRTWXY";
    private const int CodeLength = 10;

    /// <exception cref="Refusal">404 NO_SUCH_COUPON.</exception>
    public async ValueTask<Coupon> Get(ReadTx s, string tenant, string id) => await CouponStore.Find(s, tenant, id) ?? throw new Refusal(CouponErrors.NotFound);

    /// <summary>Newest first.</summary>
    /// <param name="search">Part of a code or a name, or a code for one use.</param>
    public async ValueTask<Slice<Coupon>> List(ReadTx s, string tenant, string? search, string? after, int limit) =>
        Slice<Coupon>.Of(await CouponStore.List(s, tenant, search, Cursor.Decode(after), limit + 1), limit, c => c.Id);

    /// <exception cref="Refusal">422 with all that is wrong, by field.</exception>
    public async ValueTask<Coupon> Create(WriteTx s, Caller who, Coupon wanted)
    {
        var now = Now();
        var coupon = await Checked(s, who.TenantId, wanted) with { Id = Ids.New(), CreatedAt = now, UpdatedAt = now };
        await CouponStore.Insert(s, who.TenantId, coupon);
        await Name(s, who.TenantId, coupon, "");
        await audit.Write(s, who, "coupon.created", Target(coupon), after: Coupon.Fields.Json(coupon));
        return coupon;
    }

    /// <exception cref="Refusal">404 NO_SUCH_COUPON, or 422 with all that is wrong, by field.</exception>
    public async ValueTask<Coupon> Update(WriteTx s, Caller who, string id, Func<Coupon, Coupon> change)
    {
        await CouponStore.Lock(s, who.TenantId, id);
        var before = await Get(s, who.TenantId, id);
        var coupon = await Checked(s, who.TenantId, change(before)) with { UpdatedAt = Now() };
        await CouponStore.Update(s, who.TenantId, coupon);
        await Name(s, who.TenantId, coupon, before.Code);
        await audit.Write(s, who, "coupon.changed", Target(coupon), Coupon.Fields.Json(before), Coupon.Fields.Json(coupon));
        return coupon;
    }

    /// <summary>Returns what there was.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_COUPON, or 409 COUPON_IN_USE: orders have or had it; switch it off instead.</exception>
    public async ValueTask<Coupon> Remove(WriteTx s, Caller who, string id)
    {
        await CouponStore.Lock(s, who.TenantId, id);
        var gone = await Get(s, who.TenantId, id);
        if (await CouponStore.WasUsed(s, id))
            throw new Refusal(CouponErrors.InUse);
        await CouponStore.Delete(s, who.TenantId, id);
        await audit.Write(s, who, "coupon.deleted", Target(gone), before: Coupon.Fields.Json(gone));
        return gone;
    }

    /// <summary>Makes codes that are good for one order each.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_COUPON, or 422 with what is wrong, by field.</exception>
    public async ValueTask<List<string>> MakeCodes(WriteTx s, Caller who, string id, long count, string? prefix)
    {
        await CouponStore.Lock(s, who.TenantId, id);
        var coupon = await Get(s, who.TenantId, id);
        var checks = new FieldChecks();
        checks.Range("count", count, 1, Math.Max(1, Math.Min(MaxCodesAtOnce, MaxCodes - coupon.Codes)));
        var begin = Coupon.Typed(prefix);
        if (begin.Length > Coupon.MaxCode - CodeLength || (begin.Length == 0 && !string.IsNullOrWhiteSpace(prefix)))
            checks.Wrong("prefix", "coupons.wrong.code", Coupon.MaxCode - CodeLength);
        checks.ThrowIfAny();
        var made = new List<string>();
        while (made.Count < count)
            made.AddRange(await CouponStore.AddCodes(s, who.TenantId, id, [.. Enumerable.Range(0, (int)count - made.Count).Select(_ => begin + RandomNumberGenerator.GetString(Alphabet, CodeLength)).Distinct()], true));
        await CouponStore.CountCodes(s, who.TenantId, id, count);
        await audit.Write(s, who, "coupon.codes_made", Target(coupon), after: $$"""{"count":{{count}}}""");
        return made;
    }

    /// <summary>Codes for one use, in alphabetical order.</summary>
    public async ValueTask<Slice<CouponCodeItem>> Codes(ReadTx s, string tenant, string id, string? after, int limit)
    {
        await Get(s, tenant, id);
        return Slice<CouponCodeItem>.Of(await CouponStore.Codes(s, tenant, id, Cursor.Decode(after), limit + 1), limit, c => c.Code);
    }

    /// <summary>Orders that have or had it, newest first.</summary>
    public async ValueTask<Slice<CouponUseItem>> Uses(ReadTx s, string tenant, string id, string? after, int limit)
    {
        await Get(s, tenant, id);
        var page = Slice<(string Order, CouponUseItem Use)>.Of(await CouponStore.Uses(s, tenant, id, Cursor.Decode(after), limit + 1), limit, u => u.Order);
        return new([.. page.Items.Select(u => u.Use)], page.Next);
    }

    private async ValueTask<Coupon> Checked(ReadTx s, string tenant, Coupon wanted)
    {
        var coupon = Coupon.Fields.Checked(wanted);
        var checks = new FieldChecks();
        if (coupon.Percent > 0 == coupon.Amount > 0)
            checks.Wrong("percent", "coupons.wrong.either");
        if (coupon.EndsAt <= (coupon.StartsAt ?? 0))
            checks.Wrong("ends_at", "coupons.wrong.ends");
        foreach (var plan in coupon.PlanIds)
            if (await plans.Find(s, tenant, plan) is null)
                checks.Wrong("plans", "field.plan");
        var name = coupon.Name.Length > 0 ? coupon.Name : coupon.Code;
        if (name.Length == 0)
            checks.Wrong("name", "field.required");
        checks.ThrowIfAny();
        return coupon with { Name = name };
    }

    // The code that everybody may use is one of the tenant's codes: two coupons never have the same.
    private static async ValueTask Name(WriteTx s, string tenant, Coupon coupon, string before)
    {
        if (coupon.Code == before)
            return;
        await CouponStore.RemoveCode(s, tenant, coupon.Id, before);
        if (coupon.Code.Length > 0 && !await CouponStore.AddCode(s, tenant, coupon.Id, coupon.Code))
            throw Refusal.Field("code", "coupons.wrong.taken");
    }

    private static AuditTarget Target(Coupon c) => new("coupon", c.Id, c.Name);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
