using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Gatehouse.Tests.Billing.Support;
using Gatehouse.Tests.Support;
using Microsoft.AspNetCore.WebUtilities;

namespace Gatehouse.Tests.Crash;

/// <summary>
/// The published binary is killed, again and again, while a gateway tells it of payments: what it has said that it took in is paid for,
/// delivered and on the books afterwards, once. What it did not answer is told again, as gateways do.
/// </summary>
public sealed class PaymentCrashTests
{
    private const int Kills = 50;
    private const int Workers = 8;
    private const int LongestLife = 250;
    private const string Key = "s3cret-of-the-gateway", Pid = "1001";

    private readonly ConcurrentQueue<Notify> _unanswered = new();
    private readonly ConcurrentDictionary<string, string> _acknowledged = new();
    private string _plan = "", _channel = "";

    private sealed record Notify(string Trade, string Path);

    [Fact]
    public async Task What_was_acknowledged_survives_fifty_kills_and_is_settled_once()
    {
        using var folder = new TestFolder();
        var data = folder.File("data");
        await using var appliance = new Appliance(await Appliance.Binary(), data);
        // One guest, who pays late where the server is killed.
        appliance.Settings["Shop:GuestOrders"] = "100";
        appliance.Settings["Shop:GuestOrdersInTotal"] = "1000000";
        await SetUp(appliance);
        var random = Fake.Data().Random;
        var broken = 0;
        for (var kill = 1; kill <= Kills; kill++)
        {
            appliance.Serve();
            await appliance.Ready();
            var work = Enumerable.Range(0, Workers).Select(_ => Task.Run(() => BuyAndPay(appliance.Http))).ToList();
            await Task.Delay(random.Int(20, LongestLife));
            await appliance.Kill();
            broken += (await Task.WhenAll(work)).Count(interrupted => interrupted);
            Check(data, kill);
        }
        Assert.True(_acknowledged.Count >= Kills, $"Only {_acknowledged.Count} payments: there was no stream of them to break.");
        Assert.True(broken >= Kills, $"Only {broken} requests were cut off: it was killed while nothing went on.");

        // What was not answered is told once more, and so is all that was.
        appliance.Serve();
        await appliance.Ready();
        while (_unanswered.TryDequeue(out var notify))
            await Tell(appliance.Http, notify);
        foreach (var (trade, path) in _acknowledged)
            Assert.Equal("success", await appliance.Http.GetStringAsync(path));
        await appliance.Kill();
        Check(data, Kills + 1);
        await appliance.Run("db", "check");
    }

    private async Task SetUp(Appliance appliance)
    {
        appliance.Serve();
        await appliance.Ready();
        var token = await appliance.Run("token", "create", "--name", "crash", "--role", "owner");
        appliance.Http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        _plan = (string)(await appliance.Http.PostApi("/api/plans", new { name = "VIP", price = 1250, on_sale = true }))["plan"]!["id"]!;
        _channel = (string)(await appliance.Http.PostApi("/api/payment-channels", new { kind = "epay_v1", name = "Till", settings = new { url = "https://pay.example.com", pid = Pid, key = Key } }))["channel"]!["id"]!;
        await appliance.Kill();
    }

    /// <summary>Buys and pays, one order after the other, until the server is gone. Returns whether it went away under a request.</summary>
    private async Task<bool> BuyAndPay(HttpClient http)
    {
        try
        {
            while (_unanswered.TryDequeue(out var again))
                await Tell(http, again);
            while (true)
            {
                var placed = await http.PostApi("/api/shop/orders", new { plan = _plan, channel = _channel, email = "guest@example.com" });
                Assert.True(placed.Status == HttpStatusCode.Created, placed.ToString());
                await Tell(http, Paid(placed));
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            return true;
        }
    }

    private async Task Tell(HttpClient http, Notify notify)
    {
        try
        {
            Assert.Equal("success", await http.GetStringAsync(notify.Path));
            _acknowledged[notify.Trade] = notify.Path;
        }
        catch (Exception e) when (e is not Xunit.Sdk.XunitException)
        {
            _unanswered.Enqueue(notify);
            throw;
        }
    }

    private Notify Paid(ApiAnswer placed)
    {
        var asked = QueryHelpers.ParseQuery(new Uri((string)placed["payment"]!["url"]!).Query);
        var trade = asked["out_trade_no"].ToString();
        var fields = new Dictionary<string, string>
        {
            ["pid"] = Pid, ["trade_no"] = "2026" + trade, ["out_trade_no"] = trade, ["type"] = "alipay", ["name"] = "VIP", ["money"] = asked["money"].ToString(), ["trade_status"] = "TRADE_SUCCESS",
        };
        var sign = Signatures.Md5(Signatures.Text(fields) + Key);
        return new(trade, QueryHelpers.AddQueryString($"/pay/epay/{_channel}/notify", fields.Append(new("sign", sign)).Append(new("sign_type", "MD5")).Select(f => KeyValuePair.Create(f.Key, (string?)f.Value))));
    }

    // At a copy of the files as they were left: opening them would mend what the next start has to mend itself.
    private void Check(string data, int kill)
    {
        using var left = new LeftFiles(data);
        Assert.Empty(left.Read("SELECT transaction_id FROM ledger_entries GROUP BY transaction_id HAVING SUM(amount) <> 0 LIMIT 5"));
        Assert.Empty(left.Read("SELECT order_id FROM payments GROUP BY order_id HAVING COUNT(*) > 1 LIMIT 5"));
        Assert.Empty(left.Read("SELECT id || ' ' || problem FROM payments WHERE problem IS NOT NULL LIMIT 5"));
        // Paid, delivered, one key, one payment, one sale: all of it or nothing.
        Assert.Empty(left.Read(
            """
            SELECT o.number || ' ' || o.state FROM orders o WHERE (o.state = 'delivered') <> (o.paid_at IS NOT NULL)
               OR (o.state = 'delivered') <> (1 = (SELECT COUNT(*) FROM order_keys k WHERE k.order_id = o.id AND k.delivered_at IS NOT NULL))
               OR (o.state = 'delivered') <> EXISTS (SELECT 1 FROM payments p WHERE p.order_id = o.id)
               OR (o.state = 'delivered') <> (1 = (SELECT COUNT(*) FROM ledger_transactions t WHERE t.order_id = o.id))
            LIMIT 5
            """));
        var settled = left.Read("SELECT a.trade_number FROM payment_attempts a JOIN orders o ON o.id = a.order_id WHERE a.state = 'paid' AND o.state = 'delivered'").ToHashSet();
        var lost = _acknowledged.Keys.Where(trade => !settled.Contains(trade)).ToList();
        Assert.True(lost.Count == 0, $"After kill {kill}, {lost.Count} of {_acknowledged.Count} acknowledged payments are not settled, such as {lost.FirstOrDefault()}.");
    }
}
