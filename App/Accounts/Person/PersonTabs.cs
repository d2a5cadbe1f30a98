using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Audit.Log;
using Gatehouse.Audit.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Accounts.Person;

/// <summary>The tabs that every customer has: who came in, and what happened.</summary>
internal static class PersonTabs
{
    private const int Shown = 50;

    public static readonly IReadOnlyList<PersonTab> All =
    [
        new("sign-ins", 60, "users.tab.sign_ins", AccountsPermissions.UsersRead, SignIns),
        new("history", 70, "users.tab.history", AccountsPermissions.UsersRead, History),
    ];

    private static async Task<RenderFragment> SignIns(HttpContext ctx, string id)
    {
        var (signIns, tenant) = (ctx.RequestServices.GetRequiredService<SignIns>(), ctx.Caller().TenantId);
        var recent = await ctx.RequestServices.GetRequiredService<Database>().Read(s => signIns.Recent(s, tenant, id, Shown), ctx.RequestAborted);
        return ComponentFragment.Of<PersonSignIns>((nameof(PersonSignIns.Attempts), recent));
    }

    // What staff did is in the audit log, for who may read it; what the person did goes with the person.
    private static async Task<RenderFragment> History(HttpContext ctx, string id)
    {
        var who = ctx.Caller();
        var (own, staff) = await ctx.RequestServices.GetRequiredService<Database>().Read(async s => (
            await AccountEvents.Recent(s, who.TenantId, id, Shown),
            who.May(AuditPermissions.AuditRead) ? await AuditStore.Before(s, who.TenantId, new AuditQuery(Target: id), null, Shown) : []), ctx.RequestAborted);
        var lines = own.Select(e => new HistoryLine(e.At, null, e.Kind, e.Ip)).Concat(staff.Select(e => new HistoryLine(e.At, e.ActorName, e.Action, e.Ip)))
            .OrderByDescending(l => l.At).Take(Shown).ToList();
        return ComponentFragment.Of<PersonHistory>((nameof(PersonHistory.Lines), lines), (nameof(PersonHistory.More), staff.Count == Shown ? "/admin/audit?target=" + id : null));
    }
}

/// <summary>Something that happened to a customer. Time in unix milliseconds.</summary>
/// <param name="Actor">Who did it; null: the person.</param>
/// <param name="What">An action of the audit log, or one of <see cref="AccountEvents.Kinds"/>.</param>
public sealed record HistoryLine(long At, string? Actor, string What, string? Ip);
