using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace Gatehouse.Tests.Billing.Support;

/// <summary>
/// A gateway on loopback, written from the description of the formats and not from the product. It checks what it is asked as the real one
/// does, keeps <see cref="Orders"/> by the merchant's numbers, and tells of a payment when a test pays:
/// <code>
/// await using var gateway = await TestEpay.Start(clock);   // settings of a channel: gateway.Settings
/// await gateway.Visit(prompt.Url);                         // the payer's browser, where the gateway is not called by the server
/// var heard = await gateway.Pay(tradeNumber);              // marks it paid and notifies: one answer for each notify
/// gateway.Mark(tradeNumber); … await gateway.Tell(tradeNumber, new Notice { Times = 50, AtOnce = true });
/// gateway.Trouble = Trouble.Unsigned;
/// </code>
/// </summary>
public abstract class TestGateway(TimeProvider? clock) : IAsyncDisposable
{
    private static readonly Lazy<(string Private, string Public)[]> Pairs = new(() => [.. Enumerable.Range(0, 3).Select(_ => Signatures.NewPair())]);
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, MaxConnectionsPerServer = 64 });
    private readonly Lock _serving = new();
    private WebApplication? _app;

    /// <summary>Without a slash at its end.</summary>
    public string Address => _app!.Urls.First();

    /// <summary>What an operator types in for a channel.</summary>
    public abstract Dictionary<string, string> Settings { get; }

    public ConcurrentQueue<Asked> Asked { get; } = new();

    public ConcurrentDictionary<string, TestOrder> Orders { get; } = new();

    public Trouble Trouble { get; set; }

    /// <summary>Where the merchant is reached, when the addresses that it gives are those of a proxy that is not there.</summary>
    public Uri? Merchant { get; set; }

    protected DateTimeOffset Now => (clock ?? TimeProvider.System).GetUtcNow();

    /// <summary>Paid, and nobody was told: the notify is late or lost.</summary>
    public void Mark(string tradeNumber) => Order(tradeNumber).Paid = true;

    /// <summary>Paid, and told.</summary>
    public Task<IReadOnlyList<Heard>> Pay(string tradeNumber, Notice? how = null)
    {
        Mark(tradeNumber);
        return Tell(tradeNumber, how);
    }

    /// <summary>Tells of the payment, also once more.</summary>
    public async Task<IReadOnlyList<Heard>> Tell(string tradeNumber, Notice? how = null)
    {
        how ??= new();
        var heard = new List<Heard>();
        if (how.AtOnce)
            return await Task.WhenAll(Enumerable.Range(0, how.Times).Select(_ => Send(Order(tradeNumber), how)));
        for (var i = 0; i < how.Times; i++)
            heard.Add(await Send(Order(tradeNumber), how));
        return heard;
    }

    /// <summary>Tells at each time of its schedule until it is heard.</summary>
    /// <param name="wait">Lets that much time pass.</param>
    /// <returns>How often it told.</returns>
    public async Task<int> Keep(string tradeNumber, Func<TimeSpan, Task> wait)
    {
        for (var tries = 0; tries < Schedule.Count; tries++)
        {
            await wait(Schedule[tries]);
            if ((await Tell(tradeNumber))[0].Accepted)
                return tries + 1;
        }
        return Schedule.Count;
    }

    /// <summary>The payer's browser goes there.</summary>
    public async Task<(int Status, string Body)> Visit(string url)
    {
        using var answer = await _http.GetAsync(url);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app!.StopAsync(new CancellationToken(true));
        await _app.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected static (string Private, string Public) MerchantKeys => Pairs.Value[0];

    protected static (string Private, string Public) GatewayKeys => Pairs.Value[1];

    /// <summary>Of somebody else.</summary>
    public static (string Private, string Public) StrangersKeys => Pairs.Value[2];

    /// <summary>How long it waits before each notify.</summary>
    protected abstract IReadOnlyList<TimeSpan> Schedule { get; }

    /// <summary>An error as it writes them.</summary>
    protected abstract string Refusal { get; }

    protected abstract (int Status, string Body) Serve(Asked asked);

    /// <summary>The notify of a payment, and what it takes for an answer.</summary>
    protected abstract (HttpRequestMessage Request, Func<int, string, bool> Accepts) Notify(TestOrder order, Notice how);

    protected TestOrder Order(string tradeNumber) => Orders.TryGetValue(tradeNumber, out var order) ? order : throw new InvalidOperationException($"Nobody has asked this gateway for {tradeNumber}. In the mode by page the payer's browser has to visit it first.");

    protected static async Task<T> Open<T>(T gateway) where T : TestGateway
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        gateway._app = builder.Build();
        gateway._app.Run(gateway.Take);
        await gateway._app.StartAsync();
        return gateway;
    }

    protected static string Random(int bytes = 8) => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(bytes));

    /// <summary>As PHP writes a float: 12.50 is 12.5, 1.00 is 1.</summary>
    protected static string Float(string money) => decimal.Parse(money, CultureInfo.InvariantCulture).ToString("0.######", CultureInfo.InvariantCulture);

    private async Task Take(HttpContext ctx)
    {
        using var reader = new StreamReader(ctx.Request.Body);
        var (body, target) = (await reader.ReadToEndAsync(), ctx.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?', 2));
        var query = target.Length > 1 ? target[1] : "";
        var form = ctx.Request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.Ordinal) == true;
        var asked = new Asked(ctx.Request.Method, target[0], query, ctx.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), body,
            QueryHelpers.ParseQuery(form ? body : query).ToDictionary(f => f.Key, f => f.Value[0]!));
        Asked.Enqueue(asked);
        if (Trouble == Trouble.Slow)
            await Task.Delay(TimeSpan.FromMinutes(1), ctx.RequestAborted);
        if (Trouble == Trouble.Redirect)
            ctx.Response.Headers.Location = Address + "/elsewhere";
        var (status, answer) = Trouble switch
        {
            Trouble.Redirect => (302, ""), Trouble.Broken => (500, "<html>Fatal error: success</html>"), Trouble.Nonsense => (200, "<html>success</html>"), Trouble.Refusing => (200, Refusal), _ => Served(asked),
        };
        ctx.Response.StatusCode = status;
        await ctx.Response.WriteAsync(answer);
    }

    // One after another, as if each were a transaction.
    private (int Status, string Body) Served(Asked asked)
    {
        lock (_serving)
            return Serve(asked);
    }

    private async Task<Heard> Send(TestOrder order, Notice how)
    {
        var (request, accepts) = Notify(order, how);
        using (request)
        {
            if (Merchant is { } merchant)
                request.RequestUri = new UriBuilder(request.RequestUri!) { Scheme = merchant.Scheme, Host = merchant.Host, Port = merchant.Port }.Uri;
            using var answer = await _http.SendAsync(request);
            var body = await answer.Content.ReadAsStringAsync();
            return new((int)answer.StatusCode, body, accepts((int)answer.StatusCode, body));
        }
    }
}
