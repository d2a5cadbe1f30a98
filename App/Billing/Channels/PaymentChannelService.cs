using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Gateways;
using Gatehouse.Messaging.Channels;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Channels;

/// <summary>The use cases of payment channels; each runs inside the transaction it is given.</summary>
public sealed class PaymentChannelService(SecretBox box, AuditWriter audit, TimeProvider clock)
{
    /// <exception cref="Refusal">404 NO_SUCH_PAYMENT_CHANNEL.</exception>
    public async ValueTask<PaymentChannel> Get(ReadTx s, string tenant, string id) => await PaymentChannelStore.Find(s, tenant, id) ?? throw new Refusal(PaymentChannelErrors.NotFound);

    /// <summary>All, in the order in which the shop offers them.</summary>
    public ValueTask<List<PaymentChannel>> List(ReadTx s, string tenant) => PaymentChannelStore.All(s, tenant);

    /// <summary>Those that so much can be paid by.</summary>
    /// <param name="signedIn">The balance is offered to customers alone.</param>
    /// <param name="plan">What is bought; null: no plan, such as a top-up.</param>
    public async ValueTask<List<PaymentChannel>> Offered(ReadTx s, string tenant, string currency, long amount, string? plan, bool signedIn) =>
        [.. (await List(s, tenant)).Where(c => c.Gateway is not null && c.Takes(currency, amount) && c.IsFor(plan) && (signedIn || c.Kind != GatewayKinds.Balance.Name))];

    /// <param name="like">The id of one of the same kind, whose secrets are its own where none are given.</param>
    /// <exception cref="Refusal">404 NO_SUCH_PAYMENT_CHANNEL, or 422 with all that is wrong, by field.</exception>
    public async ValueTask<PaymentChannel> Create(WriteTx s, Caller who, PaymentChannel wanted, string? like = null)
    {
        var now = Now();
        var (known, model) = (PaymentChannel.Fields.Checked(wanted), like is null ? null : await Get(s, who.TenantId, like));
        await CheckPlans(s, who.TenantId, known);
        var channel = Checked(known, null, model?.Kind == known.Kind ? Known(model) : []) with { Id = Ids.New(), CreatedAt = now, UpdatedAt = now };
        await PaymentChannelStore.Insert(s, who.TenantId, channel);
        await audit.Write(s, who, "payment_channel.created", Target(channel), after: PaymentChannel.Audited.Json(channel));
        return channel;
    }

    /// <exception cref="Refusal">404 NO_SUCH_PAYMENT_CHANNEL, or 422 with all that is wrong, by field.</exception>
    public async ValueTask<PaymentChannel> Update(WriteTx s, Caller who, string id, Func<PaymentChannel, PaymentChannel> change)
    {
        var before = await Get(s, who.TenantId, id);
        var changed = PaymentChannel.Fields.Checked(change(before));
        if (changed.Plans != before.Plans)
            await CheckPlans(s, who.TenantId, changed);
        var channel = Checked(changed, before, Known(before)) with { UpdatedAt = Now() };
        await PaymentChannelStore.Update(s, who.TenantId, channel);
        await audit.Write(s, who, "payment_channel.changed", Target(channel), PaymentChannel.Audited.Json(before), PaymentChannel.Audited.Json(channel));
        return channel;
    }

    /// <summary>Returns what there was.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_PAYMENT_CHANNEL, or 409 PAYMENT_CHANNEL_IN_USE: money came by it, or may still come; switch it off instead.</exception>
    public async ValueTask<PaymentChannel> Remove(WriteTx s, Caller who, string id)
    {
        await PaymentChannelStore.Lock(s, who.TenantId, id);
        var gone = await Get(s, who.TenantId, id);
        if (await PaymentChannelStore.IsUsed(s, who.TenantId, id))
            throw new Refusal(PaymentChannelErrors.InUse);
        await PaymentChannelStore.Delete(s, who.TenantId, id);
        await audit.Write(s, who, "payment_channel.deleted", Target(gone), before: PaymentChannel.Audited.Json(gone));
        return gone;
    }

    /// <summary>All its values, secrets among them.</summary>
    /// <exception cref="CryptographicException">Its secrets were sealed under another key.</exception>
    public Dictionary<string, string> Values(PaymentChannel channel)
    {
        var values = ChannelValues.Of(channel.Settings);
        foreach (var (name, value) in Opened(channel))
            values[name] = value;
        return values;
    }

    // Parts the values into what may be seen and what is sealed.
    private PaymentChannel Checked(PaymentChannel wanted, PaymentChannel? before, IReadOnlyDictionary<string, string> known)
    {
        var (checks, kind) = (new FieldChecks(), wanted.Gateway!);
        if (before is not null && before.Kind != wanted.Kind)
            checks.Wrong("kind", "channels.wrong.kind");
        foreach (var currency in wanted.CurrencyCodes.Where(c => kind.Currencies.Count > 0 && !kind.Currencies.Contains(c)))
            checks.Wrong("currencies", "payments.wrong.currency", currency);
        if (kind.OneCurrency && wanted.CurrencyCodes.Count > 1)
            checks.Wrong("currencies", "payments.wrong.one_currency");
        if (wanted.Maximum > 0 && wanted.Maximum < wanted.Minimum)
            checks.Wrong("maximum", "payments.wrong.maximum");
        // One amount for several currencies means the same number of digits in each.
        if ((wanted.Minimum, wanted.Maximum, wanted.FeeFixed) != (0, 0, 0) && wanted.CurrencyCodes.Select(Money.Decimals).Distinct().Count() > 1)
            checks.Wrong("currencies", "payments.wrong.digits");
        if (wanted.Kind == GatewayKinds.Balance.Name && (wanted.FeeRate > 0 || wanted.FeeFixed > 0))
            checks.Wrong(wanted.FeeRate > 0 ? "fee_rate" : "fee_fixed", "payments.wrong.balance_fee");
        var (open, secret) = ChannelValues.Kept(checks, kind.Fields, ChannelValues.Of(wanted.Settings), known);
        if (before is null && wanted.Settings == "{}" && checks.Any && kind.Fields.Any(f => !f.Optional))
            checks.Wrong("settings", "field.required");
        if (!checks.Any && kind.Fault?.Invoke(open.Concat(secret).ToDictionary()) is var (field, fault))
            checks.Wrong("settings." + field, fault);
        checks.ThrowIfAny();
        return wanted with
        {
            Settings = ChannelValues.Json(open), Secrets = JsonSerializer.Serialize(secret.Keys.ToArray(), PaymentChannelJson.Default.StringArray),
            SealedSecrets = secret.Count == 0 ? "" : box.Seal(Encoding.UTF8.GetBytes(ChannelValues.Json(secret)), PaymentChannelStore.Sealed.Purpose),
        };
    }

    private static async ValueTask CheckPlans(ReadTx s, string tenant, PaymentChannel wanted)
    {
        foreach (var plan in wanted.PlanIds)
            if (await s.Number("SELECT COUNT(*) FROM plans WHERE tenant_id = @tenant AND id = @id", ("tenant", tenant), ("id", plan)) == 0)
                throw Refusal.Field("plans", "payments.wrong.plans");
    }

    private Dictionary<string, string> Opened(PaymentChannel channel) =>
        channel.SealedSecrets.Length == 0 ? [] : ChannelValues.Of(Encoding.UTF8.GetString(box.Open(channel.SealedSecrets, PaymentChannelStore.Sealed.Purpose)));

    // Those whose key is lost are given anew.
    private Dictionary<string, string> Known(PaymentChannel channel)
    {
        try
        {
            return Opened(channel);
        }
        catch (CryptographicException)
        {
            return [];
        }
    }

    private static AuditTarget Target(PaymentChannel c) => new("payment_channel", c.Id, c.Name);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>What requests about payment channels are refused with.</summary>
public static class PaymentChannelErrors
{
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_PAYMENT_CHANNEL");
    public static readonly ErrorCode InUse = new(409, "PAYMENT_CHANNEL_IN_USE");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound, InUse];
}
