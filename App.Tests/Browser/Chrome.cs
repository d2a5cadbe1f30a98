using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;
using Microsoft.Playwright;

namespace Gatehouse.Tests.Browser;

/// <summary>The system's Chromium, started once for all tests that drive pages.</summary>
public sealed class Chrome : IAsyncLifetime
{
    public const string Collection = "Browser";

    private static readonly string[] Flags =
    [
        "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
    ];

    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    /// <summary>axe-core, put into every page by the debugger's wire, which the page's own policy does not bind.</summary>
    public string Axe { get; } = File.ReadAllText(Repository.Path("App.Tests", "Support", "axe", "axe.min.js"));

    public async Task InitializeAsync()
    {
        var path = Environment.GetEnvironmentVariable("GATEHOUSE_TEST_CHROMIUM") is { Length: > 0 } set ? set : "/usr/bin/chromium";
        if (!File.Exists(path))
            throw new InvalidOperationException($"These tests need Chromium, and there is no {path}. Run ./install.sh test, or set GATEHOUSE_TEST_CHROMIUM to its path.");
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = Flags, Timeout = 60_000 });
    }

    /// <summary>A window with cookies of its own at the server.</summary>
    public async Task<Window> Open(TestServer server, string language = "en", string theme = "light", int width = 1280, bool script = true)
    {
        var context = await _browser.NewContextAsync(new()
        {
            BaseURL = server.Address.ToString(), Locale = language == "zh" ? "zh-CN" : "en-GB", JavaScriptEnabled = script, ReducedMotion = ReducedMotion.Reduce,
            ColorScheme = theme == "dark" ? ColorScheme.Dark : ColorScheme.Light, ViewportSize = new() { Width = width, Height = 900 },
        });
        context.SetDefaultTimeout(30_000);
        return new Window(this, server, context, await context.NewPageAsync());
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}

[CollectionDefinition(Chrome.Collection)]
public sealed class ChromeCollection : ICollectionFixture<Chrome>;

/// <summary>A browser window, and what went wrong in it.</summary>
public sealed class Window : IAsyncDisposable
{
    private readonly Chrome _chrome;
    private readonly TestServer _server;
    private readonly IBrowserContext _context;
    private readonly List<string> _complaints = [];

    internal Window(Chrome chrome, TestServer server, IBrowserContext context, IPage page)
    {
        (_chrome, _server, _context, Page) = (chrome, server, context, page);
        page.Console += (_, message) =>
        {
            // A page that answers 4xx is named by the browser as an error; that is the page's right.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource: the server responded with a status of 4", StringComparison.Ordinal))
                _complaints.Add($"{page.Url}: {message.Text}");
        };
        page.PageError += (_, error) => _complaints.Add($"{page.Url}: {error}");
    }

    public IPage Page { get; }

    /// <summary>What the browser's console complained of: script that failed, or that the page's policy forbade.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    public Task<IResponse?> Go(string path) => Page.GotoAsync(path, new() { WaitUntil = WaitUntilState.Load });

    /// <summary>Puts a session's cookie in, without the sign-in page.</summary>
    /// <returns>The account's id.</returns>
    public async Task<string> SignIn(Role role) => await SignIn(await _server.Staff.Account(role));

    /// <summary>The same as a customer; returns the account's id.</summary>
    public async Task<string> SignInCustomer() => await SignIn(await _server.Staff.Customer());

    /// <summary>The same as that account, such as once more when its session is over.</summary>
    public async Task<string> SignIn(string account)
    {
        var session = await AccountsEndpoints.OpenSession(_server, Caller.DefaultTenant, account);
        await _context.AddCookiesAsync([new() { Name = Cookies.Session, Value = session, Url = _server.Address.ToString() }]);
        return account;
    }

    /// <summary>How it is dressed: <c>en light</c>, by its language and the brightness of what is painted.</summary>
    public Task<string> Dress() => Page.EvaluateAsync<string>(
        """
        () => {
          const [r, g, b] = getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g).map(Number);
          return document.documentElement.lang + (r + g + b < 384 ? ' dark' : ' light');
        }
        """);

    /// <summary>Is the page wider than the window?</summary>
    public Task<bool> ScrollsSideways() => Page.EvaluateAsync<bool>("document.documentElement.scrollWidth > document.documentElement.clientWidth");

    /// <summary>The texts that have so little room that they break within their words, a letter or two a line.</summary>
    public Task<string[]> Squeezed() => Page.EvaluateAsync<string[]>("""
        () => [...document.body.querySelectorAll('*')].filter(e => {
          const box = e.getBoundingClientRect();
          return box.width > 1 && box.width < 40 && box.height > 3 * box.width && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim().length > 8);
        }).map(e => e.textContent.trim().slice(0, 60))
        """);

    /// <summary>What axe-core finds, each with the elements it found it on.</summary>
    public async Task<string[]> Axe()
    {
        await Page.EvaluateAsync(_chrome.Axe);
        return await Page.EvaluateAsync<string[]>(
            "async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map(v => v.id + ': ' + v.help + ' | ' + v.nodes.map(n => n.html.slice(0, 160) + ' ' + (n.any[0]?.message ?? '')).join(' | '))");
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
