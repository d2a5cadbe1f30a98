using System.Net;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Calling;
using Gatehouse.Billing.Channels;
using Gatehouse.Billing.Gateways;
using Gatehouse.Billing.Payments;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Outbound;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;

namespace Gatehouse.Billing.ChannelDesk;

/// <summary>A step of a test.</summary>
/// <param name="Name">Its words are <c>payments.step.NAME</c>.</param>
/// <param name="Held">Null: nothing can be said, as where the gateway has no such call.</param>
/// <param name="Said">What the gateway said, or what is the matter.</param>
public sealed record TrialStep(string Name, bool? Held, Message? Said = null);

/// <summary>
/// Tries a channel: begins an attempt at the gateway, asks about it and takes it back, and reads a callback of its own by what reads the
/// gateway's. Nothing of it is stored: no order knows the number that it uses.
/// </summary>
public sealed class PaymentTrial(Database db, PaymentChannelService channels, PaymentStarter starter, PaymentCaller caller, AuditWriter audit, ITenants tenants, IConfiguration config, TimeProvider clock)
{
    private static readonly TimeSpan Wait = TimeSpan.FromMinutes(10);

    /// <summary>Takes the steps one after another.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_PAYMENT_CHANNEL.</exception>
    public async Task<IReadOnlyList<TrialStep>> Run(Caller who, string id, CancellationToken ct)
    {
        var channel = await db.Read(s => channels.Get(s, who.TenantId, id), ct);
        var steps = await Steps(who, channel, ct);
        await db.Command(who, async s => await audit.Write(s, who, "payment_channel.tested", new AuditTarget("payment_channel", channel.Id, channel.Name), after: $$"""{"ok":{{(IsGood(steps) ? "true" : "false")}}}"""), CancellationToken.None);
        return steps;
    }

    /// <summary>Did nothing fail?</summary>
    public static bool IsGood(IReadOnlyList<TrialStep> steps) => steps.All(s => s.Held != false);

    private async Task<List<TrialStep>> Steps(Caller who, PaymentChannel channel, CancellationToken ct)
    {
        if (channel.Gateway is not { } gateway || starter.Values(channel) is not { } values)
            return [new("settings", false, new("payments.trial.sealed"))];
        if (gateway.Lacks(values) is { } missing)
            return [new("settings", false, new("payments.fault.incomplete", new Message(GatewayKind.Label(missing))))];
        var steps = new List<TrialStep> { new("settings", true) };
        if (gateway.Route is not { } route)
            return steps;
        var site = SiteAddress.Base(config, tenants, who.TenantId);
        steps.Add(Address(site));
        var currency = channel.CurrencyCodes[0];
        var payment = new PaymentRequest("GHTEST" + Ids.New().Replace("-", "", StringComparison.Ordinal)[^12..].ToUpperInvariant(), Math.Max(channel.Minimum, Unit(currency)), currency, "Test",
            $"{site}/pay/{route}/{channel.Id}/notify", site + "/shop", clock.GetUtcNow() + Wait, ClientIp: who.Ip ?? "");
        var call = new GatewayCall(values, payment, clock.GetUtcNow());
        if (gateway.Unfit(payment) is { } unfit)
        {
            steps.Add(new("create", false, new(unfit, currency)));
            return steps;
        }
        call = await Create(steps, gateway, call, ct);
        await Ask(steps, gateway, call, ct);
        await Close(steps, gateway, call, ct);
        steps.Add(Callback(gateway, call));
        return steps;
    }

    // A gateway outside calls no address inside.
    private static TrialStep Address(string site)
    {
        var host = new Uri(site).Host.Trim('[', ']');
        var inside = host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(host, out var address) && OutboundAddresses.IsClosed(address);
        return inside ? new("address", false, new("payments.trial.inside", site)) : new("address", true);
    }

    private async Task<GatewayCall> Create(List<TrialStep> steps, GatewayKind gateway, GatewayCall call, CancellationToken ct)
    {
        if (gateway.Start?.With(call.Values) is not GatewayStart.Remote remote)
        {
            // The payer's own browser would be the first to go there.
            steps.Add(new("create", null, new("payments.trial.by_page")));
            return call;
        }
        var (reading, fault) = await caller.Ask(gateway, remote.Question, call, ct);
        steps.Add(new("create", reading?.Prompt is not null, fault ?? Said(reading?.Answer)));
        return call with { Payment = call.Payment with { GatewayNumber = reading?.GatewayNumber ?? "" } };
    }

    private async Task Ask(List<TrialStep> steps, GatewayKind gateway, GatewayCall call, CancellationToken ct)
    {
        if (gateway.Query is not { } query || gateway.ByNumber && call.Payment.GatewayNumber.Length == 0)
            return;
        var (reading, fault) = await caller.Ask(gateway, query, call, ct);
        // What was never begun is not known there, and what it says then is for people to read.
        bool? held = reading is null ? false : reading.State != PaymentState.Unknown ? true : Began(steps) ? false : null;
        steps.Add(new("query", held, fault ?? Said(reading?.Answer)));
    }

    private async Task Close(List<TrialStep> steps, GatewayKind gateway, GatewayCall call, CancellationToken ct)
    {
        if (!Began(steps))
            return;
        if (gateway.Close is not { } close || gateway.ByNumber && call.Payment.GatewayNumber.Length == 0)
        {
            steps.Add(new("close", null, new("payments.trial.runs_out")));
            return;
        }
        var (reading, fault) = await caller.Ask(gateway, close, call, ct);
        steps.Add(new("close", reading is null ? false : reading.Closed == true ? true : null, fault ?? Said(reading?.Answer)));
    }

    // Ours is believed, and one that was signed with other secrets is not.
    private TrialStep Callback(GatewayKind gateway, GatewayCall call)
    {
        if (gateway is not { Sample: { } sample, Read: { } read })
            return new("callback", null, new("payments.trial.theirs"));
        var reading = read(sample(call));
        if (reading.Claim != CallbackClaim.Paid || reading.TradeNumber != call.Payment.TradeNumber || reading.Amount(call.Payment.Currency) != call.Payment.Amount)
            return new("callback", false, new(GatewayKind.CheckLabel(reading.Checks.LastOrDefault(c => !c.Held).Name ?? "amount")));
        var others = call with { Values = call.Values.ToDictionary(v => v.Key, v => gateway.Field(v.Key) is { Secret: true } ? v.Value + "x" : v.Value) };
        var forged = read(sample(others) with { Values = call.Values });
        return forged.Claim == CallbackClaim.Refused ? new("callback", true) : new("callback", false, new("payments.trial.forged"));
    }

    private static bool Began(List<TrialStep> steps) => steps.Exists(s => s is { Name: "create", Held: true });

    private static Message? Said(string? answer) => string.IsNullOrWhiteSpace(answer) ? null : new("payments.trial.said", answer);

    private static long Unit(string currency) => Money.Parse("1", currency)!.Value;
}
