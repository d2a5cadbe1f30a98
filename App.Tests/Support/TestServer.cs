using System.Net.Http.Headers;
using System.Text;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Crash;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Tests.Support;

/// <summary>
/// The whole appliance on a port of its own over real Kestrel, with a database of its own, a clock that stands still and no rate
/// limits. Or the published binary over such a database, when the environment names one and the test asks for it.
/// </summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly WebApplication _app;
    private readonly Appliance? _published;
    private readonly List<HttpClient> _clients = [];

    private TestServer(TestDatabase database, WebApplication app, FakeClock clock, ErrorLog errors, Appliance? published = null)
    {
        Errors = errors;
        _database = database;
        _app = app;
        _published = published;
        Clock = clock;
        Address = published?.Http.BaseAddress ?? new Uri(app.Urls.First());
        Http = Client();
        Staff = new TestStaff(this);
    }

    /// <summary>Its root, <c>http://127.0.0.1:PORT/</c>.</summary>
    public Uri Address { get; }

    public FakeClock Clock { get; }

    /// <summary>What went wrong inside: the causes of its 500s.</summary>
    public ErrorLog Errors { get; }

    public Database Db => _database.Database;

    public TestDatabase Storage => _database;

    public IServiceProvider Services => _app.Services;

    public TestStaff Staff { get; }

    /// <summary>Anonymous, without cookies; follows no redirect.</summary>
    public HttpClient Http { get; }

    /// <param name="settings">Options by key, such as <c>RateLimits:Enabled</c>.</param>
    /// <param name="adjust">Replaces services before the application is built.</param>
    /// <param name="map">Adds endpoints of the test's own.</param>
    public static async Task<TestServer> Start(Engine engine = Engine.Sqlite, Dictionary<string, string?>? settings = null,
        Action<IServiceCollection>? adjust = null, Action<WebApplication>? map = null) =>
        await Start(await TestDatabase.Open(engine), settings, adjust, map);

    /// <summary>The same over a database that is open already, which it takes over.</summary>
    public static async Task<TestServer> Start(TestDatabase database, Dictionary<string, string?>? settings = null,
        Action<IServiceCollection>? adjust = null, Action<WebApplication>? map = null)
    {
        var values = new Dictionary<string, string?> { ["Server:Urls"] = "http://127.0.0.1:0", ["RateLimits:Enabled"] = "false", ["Logging:Level"] = "Error" };
        foreach (var (key, value) in settings ?? [])
            values[key] = value;
        var clock = database.Clock;
        var errors = new ErrorLog();
        try
        {
            var config = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
            var app = Program.Build(config, database.Installation, builder =>
            {
                builder.Logging.ClearProviders().AddProvider(errors);
                builder.Services.AddSingleton<TimeProvider>(clock);
                adjust?.Invoke(builder.Services);
            });
            map?.Invoke(app);
            await app.StartAsync();
            return new TestServer(database, app, clock, errors);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// The published binary that GATEHOUSE_TEST_BINARY names, over a database of its own; without that variable the same as
    /// <see cref="Start(Engine, Dictionary{string, string?}?, Action{IServiceCollection}?, Action{WebApplication}?)"/>. The services
    /// are of this process, beside it over the same data; the clock stands at the time it began.
    /// </summary>
    public static async Task<TestServer> StartPublished(Engine engine = Engine.Sqlite)
    {
        if (Appliance.Named is not { } binary)
            return await Start(engine);
        var database = await TestDatabase.Open(engine);
        var clock = new FakeClock();
        clock.Advance(DateTimeOffset.UtcNow - FakeClock.Start);
        var errors = new ErrorLog();
        var published = new Appliance(binary, database.Folder.Path) { Logged = errors.Add };
        published.Settings["Logging:Level"] = "Error";
        published.Settings["Logging:Format"] = "json";
        if (database.ConnectionString is { } postgres)
            published.Settings["Storage:Postgres"] = postgres;
        try
        {
            var app = Program.Build(new ConfigurationBuilder().AddInMemoryCollection().Build(), database.Installation, builder =>
            {
                builder.Logging.ClearProviders().AddProvider(errors);
                builder.Services.AddSingleton<TimeProvider>(clock);
            });
            published.Serve();
            await published.Ready();
            return new TestServer(database, app, clock, errors, published);
        }
        catch
        {
            await published.DisposeAsync();
            await database.DisposeAsync();
            throw;
        }
    }

    public T Service<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>A client that follows no redirect and keeps no cookies; with a Bearer token when one is given.</summary>
    public HttpClient Client(string? token = null)
    {
        var client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseCookies = false, MaxConnectionsPerServer = 64, RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        })
        { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        lock (_clients)
            _clients.Add(client);
        return client;
    }

    /// <summary>A client with an API token of that role.</summary>
    public async Task<HttpClient> As(Role role, string tenant = Caller.DefaultTenant) => Client(await Staff.Token(role, tenant));

    /// <summary>A browser without script, as a visitor has it.</summary>
    public TestBrowser Browser(string language = "en") => new(Client(), language);

    /// <summary>A browser that is signed in as staff of that role.</summary>
    public async Task<TestBrowser> SignedIn(Role role, string tenant = Caller.DefaultTenant, string language = "en")
    {
        var browser = Browser(language);
        browser.SetCookie(Cookies.Session, await Staff.Session(role, tenant));
        return browser;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            client.Dispose();
        if (_published is not null)
            await _published.DisposeAsync();
        else
            await _app.StopAsync();
        await _app.DisposeAsync();
        await _database.DisposeAsync();
    }
}
