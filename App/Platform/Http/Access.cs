using System.Collections.Frozen;

namespace Gatehouse.Platform.Http;

/// <summary>What a staff member or token may be.</summary>
public enum Role { Analyst, Operator, Admin, Owner }

/// <summary>Something that can be allowed, declared by its feature. A token's scopes are such names.</summary>
/// <param name="Name">Stable, such as <c>keys.read</c>; the words for it are the language files' <c>permission.NAME</c>.</param>
/// <param name="Least">The least role that may. Owners differ from admins only in that nobody else may change an owner.</param>
/// <param name="Order">Where it is shown among the others, the least first.</param>
public sealed record Permission(string Name, Role Least, int Order)
{
    /// <summary>It is about the whole appliance: whoever works for one of its tenants does not have it, whatever their role.</summary>
    public bool OfAppliance { get; init; }

    public override string ToString() => Name;
}

/// <summary>What somebody may do: names of permissions, or everything there is.</summary>
public sealed class PermissionSet
{
    // Null: everything, also what no feature has declared yet.
    private readonly FrozenSet<string>? _names;

    private PermissionSet(FrozenSet<string>? names) => _names = names;

    public static PermissionSet None { get; } = new([]);

    /// <summary>Of the program itself and of who sits at the server's shell.</summary>
    public static PermissionSet Everything { get; } = new(null);

    public static PermissionSet Of(IEnumerable<string> names) => new(names.ToFrozenSet());

    public bool Contains(string permission) => _names is null || _names.Contains(permission);

    public bool Contains(Permission permission) => Contains(permission.Name);

    /// <summary>Does it allow nothing but these?</summary>
    public bool IsWithin(IReadOnlyCollection<string> names) => _names is not null && _names.All(names.Contains);
}

/// <summary>The permissions that features have declared, and what each role may; reckoned once, at the start.</summary>
public sealed class PermissionCatalogue
{
    private readonly PermissionSet[] _byRole;

    public PermissionCatalogue(IEnumerable<Permission> permissions)
    {
        All = [.. permissions.OrderBy(p => p.Order).ThenBy(p => p.Name, StringComparer.Ordinal)];
        _byRole = [.. Enum.GetValues<Role>().Select(role => PermissionSet.Of(All.Where(p => p.Least <= role).Select(p => p.Name)))];
    }

    /// <summary>In the order they are shown.</summary>
    public IReadOnlyList<Permission> All { get; }

    /// <summary>What the role may do.</summary>
    public PermissionSet Of(Role role) => _byRole[(int)role];

    /// <summary>May somebody who may do this do all that the role may?</summary>
    public bool Covers(PermissionSet own, Role role) => All.Where(Of(role).Contains).All(own.Contains);
}

/// <summary>Finds out who makes a request. Implemented by Accounts; decides nothing about what they may do.</summary>
public interface IAuthenticator
{
    /// <summary>Never null: a request without valid credentials is <see cref="Caller.Public"/>.</summary>
    ValueTask<Caller> Authenticate(HttpContext ctx);

    /// <summary>The request's caller as nobody knows them: its credentials are not looked at.</summary>
    Caller Stranger(HttpContext ctx);
}

/// <summary>Whether staff may act from where they are. Implemented by Accounts.</summary>
public interface IStaffGate
{
    /// <summary>What a caller who is staff, or a token of theirs, is refused with; null when they may.</summary>
    ValueTask<Refusal?> Refuses(Caller who);
}

/// <summary>Lets staff see customers' pages as the customer would. Implemented by Accounts.</summary>
public interface ILookGate
{
    /// <summary>The customer whom the staff member looks at, as a caller who may only see; null when they look at nobody.</summary>
    /// <exception cref="Refusal">The request would change something.</exception>
    ValueTask<Caller?> Look(HttpContext ctx, Caller staff);
}

/// <summary>What an endpoint asks of its caller. One without this metadata answers nobody.</summary>
/// <param name="Asks">Does it matter who the caller is? If not, their credentials cost no lookup.</param>
public sealed record AccessRule(Permission? Permission, bool SignedIn, bool Asks = true)
{
    /// <summary>Only signed-in customers, each for themselves.</summary>
    public bool Customers { get; init; }

    /// <summary>Customers too who must choose a password first.</summary>
    public bool BeforePassword { get; init; }

    /// <summary>Signed-in customers as well, each for themselves, beside staff who have the permission.</summary>
    public bool AlsoCustomers { get; init; }
}

/// <summary>The endpoint answers also where its site is closed: what the page that says so is made of, and how the server is.</summary>
public sealed record AnswersClosed;

/// <summary>What the endpoint does is dangerous: see <see cref="IProofGate"/>.</summary>
public sealed record ProofRule;

/// <summary>
/// Asks people anew who they are before something dangerous, where they have not shown it lately: an unattended browser must not be enough
/// for it. Implemented by Accounts.
/// </summary>
public interface IProofGate
{
    /// <summary>May the request go on? If not, it has been answered by a page that asks, and goes on from there.</summary>
    Task<bool> Passes(HttpContext ctx);
}

public static class AccessExtensions
{
    /// <summary>Only callers who have the permission.</summary>
    public static T Requires<T>(this T builder, Permission permission) where T : IEndpointConventionBuilder => Rule(builder, new AccessRule(permission, true));

    /// <summary>Any signed-in staff member.</summary>
    public static T RequiresSignIn<T>(this T builder) where T : IEndpointConventionBuilder => Rule(builder, new AccessRule(null, true));

    /// <summary>Any signed-in customer, and nobody else.</summary>
    /// <param name="beforePassword">Also one who must choose a password first.</param>
    public static T RequiresCustomer<T>(this T builder, bool beforePassword = false) where T : IEndpointConventionBuilder =>
        Rule(builder, new AccessRule(null, true) { Customers = true, BeforePassword = beforePassword });

    /// <summary>Staff who have the permission, and any signed-in customer for themselves: the endpoint tells them apart.</summary>
    public static T RequiresOrCustomer<T>(this T builder, Permission permission) where T : IEndpointConventionBuilder =>
        Rule(builder, new AccessRule(permission, true) { AlsoCustomers = true });

    /// <summary>Everybody.</summary>
    /// <param name="asks">False: it answers all alike, and is not told who the caller is.</param>
    public static T OpenToAll<T>(this T builder, bool asks = true) where T : IEndpointConventionBuilder
    {
        builder.Add(b => b.Metadata.Add(new StrangersBody()));
        return Rule(builder, new AccessRule(null, false, asks));
    }

    /// <summary>Also where its site is closed.</summary>
    public static T EvenClosed<T>(this T builder) where T : IEndpointConventionBuilder
    {
        builder.Add(b => b.Metadata.Add(new AnswersClosed()));
        return builder;
    }

    /// <summary>Only for whoever has shown lately who they are. Programs do so with each request.</summary>
    public static T AsksForProof<T>(this T builder) where T : IEndpointConventionBuilder
    {
        builder.Add(b => b.Metadata.Add(new ProofRule()));
        return builder;
    }

    private static T Rule<T>(T builder, AccessRule rule) where T : IEndpointConventionBuilder
    {
        builder.Add(b => b.Metadata.Add(rule));
        return builder;
    }

    /// <summary>Who makes this request; set before any endpoint runs.</summary>
    public static Caller Caller(this HttpContext ctx) => ctx.Features.Get<Caller>() ?? throw new InvalidOperationException("The request has not been through AccessMiddleware.");

    /// <summary>
    /// The path and query of the page that the browser is on, to come back to: for a form the one it stands on, for there may be none where
    /// it is sent to. Null when the browser does not tell.
    /// </summary>
    public static string? PagePath(this HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            return request.Path + request.QueryString;
        return Uri.TryCreate(request.Headers.Referer.ToString(), UriKind.Absolute, out var from)
            && string.Equals(from.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase) ? from.PathAndQuery : null;
    }

    /// <summary>The /api and /v1 faces answer in JSON, everything else in pages.</summary>
    public static bool IsApi(this HttpContext ctx) =>
        ctx.Request.Path.StartsWithSegments("/api") || ctx.Request.Path.StartsWithSegments("/v1") || ctx.Request.Path.StartsWithSegments("/openapi");
}

/// <summary>Authenticates each request whose endpoint asks for it, and turns away those that may not reach theirs.</summary>
public sealed class AccessMiddleware(RequestDelegate next, IAuthenticator authenticator, IStaffGate staff, ILookGate looks)
{
    /// <summary>Where a customer chooses a password.</summary>
    public const string ChoosePassword = "/account/security";

    public async Task Invoke(HttpContext ctx)
    {
        // No endpoint, or one that routing made up to say 405 or 415: nothing of ours to guard.
        if (ctx.GetEndpoint() is not RouteEndpoint endpoint)
        {
            ctx.Features.Set(authenticator.Stranger(ctx));
            await next(ctx);
            return;
        }
        var rule = endpoint.Metadata.GetMetadata<AccessRule>();
        var caller = rule is { Asks: true } ? await authenticator.Authenticate(ctx) : authenticator.Stranger(ctx);
        ctx.Features.Set(caller);
        if (rule is null)
            throw new Refusal(HttpErrors.Forbidden);
        if (caller.Role is not null && await staff.Refuses(caller) is { } fromElsewhere)
        {
            // What is open to all is so to them as to a stranger; of a session nothing is left but that it can be ended.
            caller = Http.Caller.Public(caller.Ip, caller.UserAgent) with { TenantId = caller.TenantId, SessionId = caller.SessionId };
            ctx.Features.Set(caller);
            if (rule.SignedIn)
                throw fromElsewhere;
        }
        if (caller.Role is not null && !ctx.IsApi() && (rule.Customers || FromCustomersPage(rule, ctx.Request)) && await looks.Look(ctx, caller) is { } person)
            ctx.Features.Set(caller = person);
        if (rule.SignedIn && caller is { Role: null, IsCustomer: false })
        {
            if (ctx.IsApi())
            {
                ctx.Response.Headers.WWWAuthenticate = "Bearer";
                throw new Refusal(HttpErrors.Unauthorized);
            }
            ctx.Response.Redirect("/sign-in?return=" + Uri.EscapeDataString(ctx.Request.PagePath() ?? ""));
            return;
        }
        if (rule.SignedIn && rule.Customers != caller.IsCustomer && !(rule.AlsoCustomers && caller.IsCustomer))
            throw new Refusal(HttpErrors.Forbidden);
        if (rule.SignedIn && caller.MustFirst is { } first && !ctx.Request.Path.StartsWithSegments(first) && !ctx.IsApi())
        {
            ctx.Response.Redirect(first);
            return;
        }
        if (rule.Permission is { } permission && !caller.IsCustomer && !caller.May(permission))
            throw new Refusal(HttpErrors.Forbidden);
        if (caller.IsCustomer && rule.SignedIn && caller.MustChoosePassword && !rule.BeforePassword)
        {
            if (ctx.IsApi())
                throw new Refusal(HttpErrors.Forbidden);
            ctx.Response.Redirect(ChoosePassword);
            return;
        }
        await next(ctx);
    }

    // What is open to all is sent from the pages that are looked at as well.
    private static bool FromCustomersPage(AccessRule rule, HttpRequest request) =>
        !rule.SignedIn && !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && request.PagePath() is { } page && (page + "/").StartsWith("/account/", StringComparison.Ordinal);
}
