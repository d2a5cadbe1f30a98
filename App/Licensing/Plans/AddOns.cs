using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Licensing.Plans;

/// <summary>Something that is sold on top of a plan's keys.</summary>
/// <param name="Kind">One of <see cref="AddOns.Kinds"/>.</param>
/// <param name="Amount">How many machines, days, gigabytes, devices or relays one of it is.</param>
/// <param name="Price">Of one, in minor units of the plan's currency.</param>
/// <param name="Most">How many of it a key, or a rental, may have at a time.</param>
/// <param name="ForGood">Machines stay when the key is renewed; else they go with the end that it had when they were bought.</param>
/// <param name="Days">Traffic is gone after so many; null: it lasts as long as the rental.</param>
public sealed record AddOn(string Kind, long Amount, long Price, long Most = 1, bool ForGood = false, long? Days = null)
{
    /// <summary>By which orders name it, such as <c>machines-1</c>: a plan has one of each kind and amount.</summary>
    [JsonIgnore]
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{Kind}-{Amount}");

    /// <summary>What it is called.</summary>
    public Message Name(long quantity = 1) => AddOns.Name(Kind, Amount * quantity);
}

/// <summary>What is sold on top of a plan's keys: rules and JSON.</summary>
public static class AddOns
{
    public const string Machines = "machines", Days = "days";

    /// <summary>Of relay plans: gigabytes that are used after the quota, the quota whole again, and more devices and relays.</summary>
    public const string Traffic = "traffic", Reset = "reset", Devices = "devices", Servers = "servers";

    public static readonly IReadOnlyList<string> Kinds = [Machines, Days], RelayKinds = [Traffic, Reset, Devices, Servers];

    /// <summary>Those that a plan may have.</summary>
    public static IReadOnlyList<string> KindsOf(string plan) => plan == Plan.Relay ? RelayKinds : Kinds;

    /// <summary>Of one plan, and of one on a key.</summary>
    public const int MaxOfPlan = 10;
    public const long MaxOfKey = 100;
    private const long MaxAmount = 3660;

    /// <summary>On the plan's form: a row each.</summary>
    internal static readonly FieldInput<Plan, string> Input = new("add_amount", (plan, json, form) => Show(Of(json), plan.Currency, form), Read);

    /// <summary>So many machines or days, in words.</summary>
    public static Message Name(string kind, long count) => new("addons.name." + kind, count);

    /// <summary>Those of a plan.</summary>
    public static IReadOnlyList<AddOn> Of(string json) => JsonSerializer.Deserialize(json, AddOnJson.Default.AddOnArray)!;

    /// <summary>The rows of a form as they were typed, and an empty one.</summary>
    public static IEnumerable<(string Kind, string Amount, string Price, string Most, bool ForGood, string Days)> Rows(FormValues form)
    {
        string At(string name, int i) => form.All(name) is var all && i < all.Count ? all[i].Trim() : "";
        foreach (var (i, amount) in form.All("add_amount").Index())
            if (amount.Trim().Length + At("add_price", i).Length > 0)
                yield return (At("add_kind", i), amount.Trim(), At("add_price", i), At("add_most", i), At("add_good", i) == "true", At("add_days", i));
        yield return ("", "", "", "", false, "");
    }

    internal static string Check(FieldChecks check, string field, string json)
    {
        try
        {
            var all = JsonSerializer.Deserialize(json, AddOnJson.Default.AddOnArray) ?? [];
            if (all.Length <= MaxOfPlan && all.All(a => a is not null && (Kinds.Contains(a.Kind) || RelayKinds.Contains(a.Kind)) && a is { Amount: >= 1 and <= MaxAmount, Days: null or (>= 1 and <= MaxAmount), Price: >= 0 and <= Plan.MaxPrice, Most: >= 1 and <= MaxOfKey }) && all.DistinctBy(a => a.Id).Count() == all.Length)
                // Days are time: they go with the end that they make.
                return JsonSerializer.Serialize([.. all.Select(a => a with { ForGood = a.ForGood && a.Kind == Machines, Days = a.Kind == Traffic ? a.Days : null, Amount = a.Kind == Reset ? 1 : a.Amount })], AddOnJson.Default.AddOnArray);
        }
        catch (JsonException)
        {
            // Told to the caller below, as anything else that is no such list.
        }
        check.Wrong(field, "field.add_ons", MaxAmount, MaxOfKey);
        return "[]";
    }

    private static void Show(IReadOnlyList<AddOn> all, string currency, FormValues form)
    {
        form.SetAll("add_kind", all.Select(a => a.Kind));
        form.SetAll("add_amount", all.Select(a => a.Amount.ToString(CultureInfo.InvariantCulture)));
        form.SetAll("add_price", all.Select(a => Money.Plain(a.Price, currency)));
        form.SetAll("add_most", all.Select(a => a.Most.ToString(CultureInfo.InvariantCulture)));
        form.SetAll("add_good", all.Select(a => a.ForGood ? "true" : ""));
        form.SetAll("add_days", all.Select(a => a.Days?.ToString(CultureInfo.InvariantCulture) ?? ""));
    }

    private static string Read(FormValues form, FieldChecks check, string field)
    {
        var (all, currency) = (new List<AddOn>(), form["currency"].Trim().ToUpperInvariant());
        foreach (var (kind, amount, price, most, good, days) in Rows(form).SkipLast(1))
            if (Number(amount) is { } count && Money.Parse(price, currency) is { } each && (most.Length == 0 ? 1 : Number(most)) is { } limit && (days.Length == 0 || Number(days) is not null))
                all.Add(new(kind, count, each, limit, good, Number(days)));
            else
                check.Wrong(field, "field.add_ons", MaxAmount, MaxOfKey);
        return JsonSerializer.Serialize([.. all], AddOnJson.Default.AddOnArray);
    }

    private static long? Number(string typed) => long.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(AddOn[]))]
internal sealed partial class AddOnJson : JsonSerializerContext;
