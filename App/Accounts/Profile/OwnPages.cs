using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Profile;

/// <summary>Pages that staff and customers both have, each below the page of their own account.</summary>
internal static class OwnPages
{
    /// <summary>Where those of staff lie, and where those of customers.</summary>
    public static readonly IReadOnlyList<(string Path, bool Customers)> Homes = [(ProfilePages.Path, false), (AccessMiddleware.ChoosePassword, true)];

    /// <summary>The page of the caller's own account.</summary>
    public static string Home(Caller who) => who.IsCustomer ? AccessMiddleware.ChoosePassword : ProfilePages.Path;

    /// <summary>Where the caller's pages begin.</summary>
    public static string Start(Caller who) => who.IsCustomer ? "/account" : "/admin";

    public static string TwoFactor(Caller who) => Home(who) + "/two-factor";

    public static string Passkeys(Caller who) => Home(who) + "/passkeys";

    public static string Prove(Caller who) => Home(who) + "/prove";

    /// <summary>The pages below that path, for signed-in customers or for signed-in staff.</summary>
    public static RouteGroupBuilder MapOwn(this IEndpointRouteBuilder app, string path, bool customers, string limit)
    {
        var group = app.MapGroup(path).RequireRateLimiting(limit).ExcludeFromDescription();
        return customers ? group.RequiresCustomer() : group.RequiresSignIn();
    }

    /// <summary>One transaction of the caller's about their own account: what staff do is audited, in turn; what customers do is theirs.</summary>
    public static Task<T> Change<T>(this Database db, Caller who, Func<WriteTx, ValueTask<T>> work) => who.IsCustomer ? db.Write(work) : db.Command(who, work);
}
