using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Relays.Tailnets;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Endpoints;

/// <summary>Whoever sends a request: a token for the REST faces, a session for pages, or neither.</summary>
public sealed record Visitor(string? Token, string? Session, string? Account);

/// <summary>An answer of either face.</summary>
public sealed record Reply(int Status, string? Type, string? Location, string Text, HttpResponseMessage Response, byte[] Body, string Target)
{
    public string? Code => Type is "application/json" or "application/problem+json" ? (string?)JsonNode.Parse(Text)?["code"] : null;

    /// <summary>Done, or led on to where what was done is told; not refused, and not sent to sign in.</summary>
    public bool Done => Status < 400 && Location?.StartsWith("/sign-in?", StringComparison.Ordinal) != true;

    public override string ToString() => $"{Status} {Location} {Text[..Math.Min(Text.Length, 600)]}";
}

/// <summary>One server for a whole class of tests; they share nothing else, for each has a tenant of its own.</summary>
public sealed class Site
{
    private static readonly Lazy<Task<string>> Hash = new(() => new Passwords().Hash(Bench.Password));
    private static readonly SocketsHttpHandler Wire = new() { AllowAutoRedirect = false, UseCookies = false };
    private static long _tenants;
    private readonly Dictionary<(Role, string), string> _tokens = [];
    private readonly Lazy<Task<ApiSchema>> _schema;
    private string _csrf = "";

    private Site(TestServer server)
    {
        Server = server;
        _schema = new(() => ApiSchema.Of(server));
    }

    /// <summary>What the server says of its REST faces, asked for once.</summary>
    public Task<ApiSchema> Schema => _schema.Value;

    public TestServer Server { get; }

    /// <summary>Known to nobody: the cookie that their forms' tokens are bound to.</summary>
    public string VisitorCookie { get; private set; } = "";

    /// <summary>The hash of <see cref="Bench.Password"/>, made once.</summary>
    public static Task<string> PasswordHash => Hash.Value;

    public static async Task<Site> Open(Engine engine)
    {
        var site = new Site(await TestServer.Start(engine, new Dictionary<string, string?> { ["Relays:TailscaleApi"] = FakeTailnet.Shared.Url }));
        var browser = site.Server.Browser();
        site._csrf = (await browser.Get("/")).Document.QuerySelector("input[name=_csrf]")!.GetAttribute("value")!;
        site.VisitorCookie = browser.Cookie(Cookies.Visitor)!;
        return site;
    }

    /// <summary>The tenant that a row is tried in: visitors without a sign-in are the default one's here, for that is whose the host name is.</summary>
    /// <param name="defaults">It must be that one.</param>
    public static string TenantFor(bool defaults) => defaults ? Caller.DefaultTenant : $"tenant{Interlocked.Increment(ref _tenants)}";

    /// <summary>Someone new of that role; null is nobody.</summary>
    public async Task<Visitor> Visitor(Role? role, string tenant, bool api)
    {
        if (role is null)
            return new(null, null, null);
        if (api)
            return new(await Token(role.Value, tenant), null, null);
        var account = await Server.Staff.Account(role.Value, tenant, passwordHash: await Hash.Value);
        return new(null, await AccountsEndpoints.OpenSession(Server, tenant, account), account);
    }

    /// <summary>Someone new of that role in the main tenant, who works for it alone.</summary>
    public async Task<Visitor> Limited(Role role, bool api)
    {
        var account = await Server.Staff.Account(role, passwordHash: await Hash.Value, limited: true);
        return api ? new(await Server.Staff.Token(role, by: account), null, null) : new(null, await AccountsEndpoints.OpenSession(Server, Caller.DefaultTenant, account), account);
    }

    /// <summary>Someone new who is a customer: with a session for pages, and the same for the REST faces.</summary>
    public async Task<Visitor> Customer(string tenant)
    {
        var account = await Server.Staff.Customer(tenant, passwordHash: await Hash.Value);
        var session = await AccountsEndpoints.OpenSession(Server, tenant, account);
        return new("ghu_" + session, session, account);
    }

    /// <summary>Someone new whom the endpoint lets in: its customer, or an owner.</summary>
    public Task<Visitor> Own(EndpointRow row, string tenant) => row.IsCustomers ? Customer(tenant) : Visitor(Role.Owner, tenant, row.IsApi);

    public async Task<Things> Things(string tenant, Visitor? visitor = null)
    {
        // A client for each would hold a connection for each.
        var owner = new HttpClient(Wire, disposeHandler: false) { BaseAddress = Server.Address };
        owner.DefaultRequestHeaders.Authorization = new("Bearer", await Token(Role.Owner, tenant));
        return new(Server, tenant, owner, visitor?.Account);
    }

    private async Task<string> Token(Role role, string tenant)
    {
        if (!_tokens.TryGetValue((role, tenant), out var token))
            _tokens[(role, tenant)] = token = await Server.Staff.Token(role, tenant);
        return token;
    }

    /// <param name="forged">The form comes from elsewhere, or without its token.</param>
    /// <param name="once">An <c>Idempotency-Key</c>.</param>
    /// <param name="host">The name that they come by; null for the server's address.</param>
    public async Task<Reply> Send(Visitor visitor, Act act, Forgery forged = Forgery.None, string? once = null, string? host = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(act.Method), act.Path);
        if (act.Json is not null)
            request.Content = new StringContent(act.Json, Encoding.UTF8, "application/json");
        else if (!EndpointRow.IsApiPath(act.Path) && act.Method == "POST")
            // What others send knows no token of ours.
            request.Content = new FormUrlEncodedContent(Fields(act.Form ?? "").Concat(forged == Forgery.NoToken || EndpointCatalogue.Of(act).FromElsewhere ? [] : [KeyValuePair.Create("_csrf", CsrfOf(visitor))]));
        if (visitor.Token is not null)
            request.Headers.Add("Authorization", "Bearer " + visitor.Token);
        request.Headers.Add("Cookie", $"{Cookies.Visitor}={VisitorCookie}" + (visitor.Session is null ? "" : $"; {Cookies.Session}={visitor.Session}"));
        if (forged == Forgery.OtherSite)
            request.Headers.Add("Origin", "https://evil.example");
        request.Headers.Host = host;
        if (once is not null)
            request.Headers.Add("Idempotency-Key", once);
        var response = await Server.Http.SendAsync(request);
        var body = await response.Content.ReadAsByteArrayAsync();
        return new Reply((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, response.Headers.Location?.OriginalString,
            Encoding.UTF8.GetString(body), response, body, act.Path);
    }

    /// <summary>What a form's <c>_csrf</c> holds for them.</summary>
    public string CsrfOf(Visitor visitor) => visitor.Session is { } session ? Server.Service<Csrf>().TokenFor(Cookies.Session, session) : _csrf;

    private static IEnumerable<KeyValuePair<string, string>> Fields(string form) =>
        form.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(f => f.Split('=', 2)).Select(f => KeyValuePair.Create(f[0], f[1]));
}

public enum Forgery { None, NoToken, OtherSite }

/// <summary>A site for each engine, started when it is first asked for.</summary>
public sealed class Sites : IAsyncLifetime
{
    private readonly Dictionary<Engine, Site> _open = [];

    public async Task<Site> On(Engine engine) => _open.TryGetValue(engine, out var site) ? site : _open[engine] = await Site.Open(engine);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var site in _open.Values)
            await site.Server.DisposeAsync();
    }
}
