using System.Collections.Frozen;

namespace Gatehouse.Platform.Http;

/// <summary>What a staff member or token may be.</summary>
public enum Role { Analyst, Operator, Admin, Owner }

/// <summary>What can be allowed. A token's scopes are these names.</summary>
public static class Permission
{
    public const string KeysRead = "keys.read";
    public const string KeysWrite = "keys.write";
    public const string PlansRead = "plans.read";
    public const string PlansWrite = "plans.write";
    public const string StatisticsRead = "statistics.read";
    public const string AuditRead = "audit.read";
    public const string JobsRead = "jobs.read";
    public const string JobsRun = "jobs.run";
    public const string StaffManage = "staff.manage";
    public const string TokensManage = "tokens.manage";
    public const string SettingsManage = "settings.manage";

    private static readonly FrozenSet<string> Read = new[] { KeysRead, PlansRead, StatisticsRead, AuditRead, JobsRead }.ToFrozenSet();
    private static readonly FrozenSet<string> Operate = Read.Append(KeysWrite).ToFrozenSet();

    /// <summary>All of them, in the order they are shown.</summary>
    public static readonly IReadOnlyList<string> All =
        [KeysRead, KeysWrite, PlansRead, PlansWrite, StatisticsRead, AuditRead, JobsRead, JobsRun, StaffManage, TokensManage, SettingsManage];

    private static readonly FrozenSet<string> Everything = All.ToFrozenSet();

    /// <summary>What the role may do. Owners differ from admins only in that nobody else may change an owner.</summary>
    public static FrozenSet<string> Of(Role role) => role switch
    {
        Role.Analyst => Read,
        Role.Operator => Operate,
        _ => Everything,
    };
}

/// <summary>Who makes a request, and from where.</summary>
/// <param name="Kind"><c>public</c>, <c>staff</c>, <c>token</c>, <c>cli</c> or <c>system</c>.</param>
/// <param name="Name">For people: shown in the audit log.</param>
public sealed record Caller(string TenantId, string Kind, string? Id, string Name, Role? Role, FrozenSet<string> Allowed, string? Ip, string? UserAgent)
{
    public const string DefaultTenant = "default";

    public static Caller Public(string? ip, string? userAgent) =>
        new(DefaultTenant, "public", null, "public", null, FrozenSet<string>.Empty, ip, userAgent);

    /// <summary>The program itself: scheduled jobs, first start.</summary>
    public static Caller System { get; } = new(DefaultTenant, "system", null, "Gatehouse", Http.Role.Owner, Permission.Of(Http.Role.Owner), null, null);

    /// <summary>A person at the shell of the server.</summary>
    public static Caller Cli { get; } = new(DefaultTenant, "cli", null, $"cli ({Environment.UserName})", Http.Role.Owner, Permission.Of(Http.Role.Owner), null, null);

    public bool May(string permission) => Allowed.Contains(permission);

    /// <summary>The session's id hash for signed-in staff; null for others.</summary>
    public string? SessionId { get; init; }
}

/// <summary>Finds out who makes a request. Implemented by Accounts; decides nothing about what they may do.</summary>
public interface IAuthenticator
{
    /// <summary>Never null: a request without valid credentials is <see cref="Caller.Public"/>.</summary>
    ValueTask<Caller> Authenticate(HttpContext ctx);

    /// <summary>The request's caller as nobody knows them: its credentials are not looked at.</summary>
    Caller Stranger(HttpContext ctx);
}

/// <summary>What an endpoint asks of its caller. One without this metadata answers nobody.</summary>
/// <param name="Asks">Does it matter who the caller is? If not, their credentials cost no lookup.</param>
public sealed record AccessRule(string? Permission, bool SignedIn, bool Asks = true);

public static class AccessExtensions
{
    /// <summary>Only callers who have the permission.</summary>
    public static T Requires<T>(this T builder, string permission) where T : IEndpointConventionBuilder =>
        Rule(builder, new AccessRule(permission, true));

    /// <summary>Any signed-in staff member.</summary>
    public static T RequiresSignIn<T>(this T builder) where T : IEndpointConventionBuilder => Rule(builder, new AccessRule(null, true));

    /// <summary>Everybody.</summary>
    /// <param name="asks">False: it answers all alike, and is not told who the caller is.</param>
    public static T OpenToAll<T>(this T builder, bool asks = true) where T : IEndpointConventionBuilder => Rule(builder, new AccessRule(null, false, asks));

    private static T Rule<T>(T builder, AccessRule rule) where T : IEndpointConventionBuilder
    {
        builder.Add(b => b.Metadata.Add(rule));
        return builder;
    }

    /// <summary>Who makes this request; set before any endpoint runs.</summary>
    public static Caller Caller(this HttpContext ctx) => ctx.Features.Get<Caller>() ?? throw new InvalidOperationException("The request has not been through AccessMiddleware.");

    /// <summary>The /api and /v1 faces answer in JSON, everything else in pages.</summary>
    public static bool IsApi(this HttpContext ctx) =>
        ctx.Request.Path.StartsWithSegments("/api") || ctx.Request.Path.StartsWithSegments("/v1") || ctx.Request.Path.StartsWithSegments("/openapi");
}

/// <summary>Authenticates each request whose endpoint asks for it, and turns away those that may not reach theirs.</summary>
public sealed class AccessMiddleware(RequestDelegate next, IAuthenticator authenticator)
{
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
        if (rule.SignedIn && caller.Role is null)
        {
            if (ctx.IsApi())
            {
                ctx.Response.Headers.WWWAuthenticate = "Bearer";
                throw new Refusal(HttpErrors.Unauthorized);
            }
            ctx.Response.Redirect("/sign-in?return=" + Uri.EscapeDataString(ctx.Request.Path + ctx.Request.QueryString));
            return;
        }
        if (rule.Permission is { } permission && !caller.May(permission))
            throw new Refusal(HttpErrors.Forbidden);
        await next(ctx);
    }
}
