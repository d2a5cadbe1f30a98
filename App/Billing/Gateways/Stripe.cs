using System.Globalization;
using System.Text.Json;
using Gatehouse.Messaging.Formats;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Billing.Gateways;

/// <summary>Stripe Checkout: a page of theirs, told of by webhooks (<see cref="StripeEvents"/>).</summary>
internal static class Stripe
{
    private const string Home = "https://api.stripe.com";

    // A later one may name things otherwise. This one knows adaptive_pricing, and a session keeps the currency that it was made in.
    private const string Version = "2025-03-31.basil";

    // A session lasts from half an hour to a day. Ours gets a little more than its order, so that the first minute's delay is not too late for the least.
    private static readonly TimeSpan Least = TimeSpan.FromMinutes(31);
    private static readonly TimeSpan Most = TimeSpan.FromHours(23.9);
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    // In these Stripe's sources disagree on what a unit is.
    private static readonly string[] Unsure = ["UGX", "ISK", "IQD", "LYD"];

    public static readonly GatewayKind Kind = new("stripe", "stripe",
        [
            GatewayFields.Secret("secret_key") with { Fault = v => v.StartsWith("sk_", StringComparison.Ordinal) || v.StartsWith("rk_", StringComparison.Ordinal) ? FieldRules.Key(v) : "payments.wrong.stripe_key", Example = "sk_live_…" },
            GatewayFields.Secret("webhook_secret") with { Example = "whsec_…" },
            GatewayFields.Secret("old_webhook_secret") with { Optional = true, Rare = true },
            GatewayFields.VendorUrl(Home, "v1/checkout/sessions", "v1/refunds", "v1"),
        ])
    {
        MaxSubject = 250,
        Limit = payment => Unsure.Contains(payment.Currency) ? "payments.wrong.currency" : Units(payment.Amount, payment.Currency) is null ? "payments.wrong.step" : null,
        Start = new GatewayStart.Remote(new(WriteStart, ReadStart)),
        Headers = [StripeEvents.Header],
        Read = StripeEvents.Read,
        Sample = StripeEvents.Sample,
        ByNumber = true,
        TellsAll = true,
        Query = new(c => Ask(c, "GET", $"checkout/sessions/{Wire.Encoded(c.Payment.GatewayNumber)}"), ReadQuery),
        Refund = new(WriteRefund, (_, reply) => Refunded(reply, GatewayFields.Json(reply))),
        // By what it was paid with: whether we ever learned the refund's own number.
        RefundQuery = new(c => Ask(c, "GET", $"refunds?payment_intent={Wire.Encoded(c.Payment.Proof)}&limit=100"), ReadRefundQuery),
        Close = new(c => Ask(c, "POST", $"checkout/sessions/{Wire.Encoded(c.Payment.GatewayNumber)}/expire"), ReadClose),
    };

    /// <summary>How many digits Stripe counts behind the point: its own table, which is not quite ISO 4217's.</summary>
    internal static int Digits(string currency) => currency == "MGA" ? 0 : Money.Decimals(currency);

    /// <summary>Minor units as Stripe counts them; null where it has none so small. Three digits end in 0.</summary>
    internal static long? Units(long minor, string currency)
    {
        var units = minor;
        for (var i = Digits(currency); i < Money.Decimals(currency); i++, units /= 10)
            if (units % 10 != 0)
                return null;
        return Digits(currency) == 3 && units % 10 != 0 ? null : units;
    }

    /// <summary>Stripe's units as a text in major units; empty where they are no whole number above nothing.</summary>
    internal static string Major(string units, string currency)
    {
        if (units.Contains('.', StringComparison.Ordinal) || !GatewayAmount.IsPlain(units))
            return "";
        var digits = units.PadLeft(Digits(currency) + 1, '0');
        return Digits(currency) == 0 ? digits : $"{digits[..^Digits(currency)]}.{digits[^Digits(currency)..]}";
    }

    private static ChannelRequest WriteStart(GatewayCall c)
    {
        var payment = c.Payment;
        var (ends, least, most) = (payment.ExpiresAt + Grace, c.Now + Least, c.Now + Most);
        var expires = (ends < least ? least : ends > most ? most : ends).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        List<(string, string)> fields =
        [
            ("mode", "payment"), ("success_url", payment.ReturnUrl), ("cancel_url", payment.ReturnUrl), ("client_reference_id", payment.TradeNumber), ("metadata[order]", payment.TradeNumber),
            ("payment_intent_data[metadata][order]", payment.TradeNumber), ("line_items[0][quantity]", "1"), ("line_items[0][price_data][currency]", payment.Currency.ToLowerInvariant()),
            ("line_items[0][price_data][unit_amount]", Whole(payment.Amount, payment.Currency)), ("line_items[0][price_data][product_data][name]", GatewayFields.Subject(payment.Subject, Kind.MaxSubject)),
            ("adaptive_pricing[enabled]", "false"), ("expires_at", expires),
        ];
        if (payment.Email.Length > 0)
            fields.Add(("customer_email", payment.Email));
        // Other shops of the same account may name their orders alike.
        if (payment.Channel.Length > 0)
            fields.Add(("metadata[channel]", payment.Channel));
        // Other fields under the same key are an error: the end, which may have been moved to the least that is taken, is part of the key.
        return Ask(c, "POST", "checkout/sessions", fields, $"{payment.TradeNumber}-{expires}");
    }

    private static StartReading ReadStart(GatewayCall c, ChannelReply reply)
    {
        var json = GatewayFields.Json(reply);
        var (id, link) = (json.At("id").Text(), GatewayFields.Link(c["url"], json.At("url").Text()));
        var asked = reply.Succeeded && json.At("client_reference_id").Text() == c.Payment.TradeNumber && Amount(c, json) == c.Payment.Amount;
        return asked && id.Length > 0 && link is not null ? new(new("redirect", link), id, Said(reply, json)) : new(null, "", Said(reply, json), reply.Status is 409 or 429 or >= 500);
    }

    private static QueryReading ReadQuery(GatewayCall c, ChannelReply reply)
    {
        var json = GatewayFields.Json(reply);
        if (!reply.Succeeded || json.At("client_reference_id").Text() != c.Payment.TradeNumber || json.At("id").Text() is var id && id != c.Payment.GatewayNumber)
            return QueryReading.Unknown(Said(reply, json));
        var (status, paid) = (json.At("status").Text(), json.At("payment_status").Text());
        var state = paid is "paid" or "no_payment_required" ? PaymentState.Paid : status == "expired" ? PaymentState.Closed : status is "open" or "complete" ? PaymentState.Pending : PaymentState.Unknown;
        return QueryReading.Told(state, id, Amount(c, json), json.At("currency").Text().ToUpperInvariant(), $"{status} {paid}", Intent(json.At("payment_intent")));
    }

    private static ChannelRequest WriteRefund(GatewayCall c) => Ask(c, "POST", "refunds",
        [("payment_intent", c.Payment.Proof), ("amount", Whole(c.Refund!.Amount, c.Payment.Currency)), ("metadata[order]", c.Payment.TradeNumber), ("metadata[refund]", c.Refund.Number)], c.Refund.Number);

    private static RefundReading ReadRefundQuery(GatewayCall c, ChannelReply reply)
    {
        var json = GatewayFields.Json(reply);
        if (reply.Succeeded && json.At("data") is { ValueKind: JsonValueKind.Array } all)
            foreach (var refund in all.EnumerateArray())
                if (refund.At("metadata").At("refund").Text() == c.Refund!.Number)
                    return Refunded(reply, refund);
        return new(null, "", Said(reply, json));
    }

    // It may fail days after it was taken in.
    private static RefundReading Refunded(ChannelReply reply, JsonElement refund)
    {
        var status = refund.At("status").Text();
        if (!reply.Succeeded)
            return new(IsRefused(reply, refund) ? false : null, "", Said(reply, refund));
        return new(status switch { "succeeded" => true, "failed" or "canceled" => false, _ => null }, refund.At("id").Text(), $"{status} {refund.At("failure_reason").Text()}".Trim());
    }

    // Not when it is busy or in trouble, nor when the same was asked for before with other words: then that may have been done.
    private static bool IsRefused(ChannelReply reply, JsonElement json) =>
        reply.Status is >= 400 and < 500 and not (409 or 429) && json.At("error").At("type").Text() is { Length: > 0 } type && type != "idempotency_error";

    private static CloseReading ReadClose(GatewayCall c, ChannelReply reply)
    {
        var json = GatewayFields.Json(reply);
        bool? closed = reply.Succeeded && json.At("status").Text() == "expired" ? true : IsRefused(reply, json) ? false : null;
        return new(closed, Said(reply, json));
    }

    private static ChannelRequest Ask(GatewayCall c, string method, string path, List<(string, string)>? fields = null, string idempotency = "")
    {
        List<(string, string)> headers = [("Authorization", "Bearer " + c["secret_key"]), ("Stripe-Version", Version)];
        if (idempotency.Length > 0)
            headers.Add(("Idempotency-Key", idempotency));
        var url = $"{c["url"]}/v1/{path}";
        return method == "GET" ? new(method, url, Headers: [.. headers]) : Wire.PostForm(url, fields ?? [], [.. headers]);
    }

    private static string Whole(long minor, string currency) =>
        Units(minor, currency)?.ToString(CultureInfo.InvariantCulture) ?? throw new ArgumentException($"Stripe has no unit as small as that of {currency}.");

    private static long? Amount(GatewayCall c, JsonElement session) =>
        session.At("currency").Text().Equals(c.Payment.Currency, StringComparison.OrdinalIgnoreCase) ? GatewayAmount.Parse(Major(session.At("amount_total").Text(), c.Payment.Currency), c.Payment.Currency) : null;

    /// <summary>Its number, also where the whole of it stands there.</summary>
    internal static string Intent(JsonElement intent) => intent.ValueKind == JsonValueKind.Object ? intent.At("id").Text() : intent.Text();

    private static string Said(ChannelReply reply, JsonElement json) => json.At("error") is { ValueKind: JsonValueKind.Object } error
        ? GatewayFields.Said(reply, error.At("code").Text(), error.At("message").Text())
        : GatewayFields.Said(reply, reply.Status.ToString(CultureInfo.InvariantCulture), json.At("status").Text());
}
