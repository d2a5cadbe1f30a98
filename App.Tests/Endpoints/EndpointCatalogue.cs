using System.Text.RegularExpressions;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Billing;
using Gatehouse.Tests.Console;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Messaging.Channels;
using Gatehouse.Tests.Platform.Http;
using Gatehouse.Tests.Relays;
using Gatehouse.Tests.Relays.AclDesk;
using Gatehouse.Tests.Relays.Health;
using Gatehouse.Tests.Relays.Metering;
using Gatehouse.Tests.Relays.Moves;
using Gatehouse.Tests.Relays.Rentals;
using Gatehouse.Tests.Relays.Tailnets;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Endpoints;

/// <summary>The rows of all features, and how their things are made.</summary>
public static partial class EndpointCatalogue
{
    public static IReadOnlyList<EndpointRow> Rows { get; } =
    [
        .. WebEndpoints.Rows,
        .. OperationsEndpoints.Rows,
        .. AccountsEndpoints.Rows,
        .. RoleRows.Rows,
        .. TwoFactorEndpoints.Rows,
        .. SupportEndpoints.Rows,
        .. TicketRows.Rows,
        .. AccountKeysEndpoints.Rows,
        .. PlansEndpoints.Rows,
        .. KeysEndpoints.Rows,
        .. KeyPagesEndpoints.Rows,
        .. TenantsEndpoints.Rows,
        .. ChannelRows.Rows,
        .. MyChannelRows.Rows,
        .. MailTemplateRows.Rows,
        .. CustomerBulkRows.Rows,
        .. PasskeyEndpoints.Rows,
        .. BillingRows.Rows,
        .. MoneyRows.Rows,
        .. CouponRows.Rows,
        .. RelayRows.Rows,
        .. AclRows.Rows,
        .. RentalRows.Rows,
        .. TailnetRows.Rows,
        .. TrafficRows.Rows,
        .. HealthRows.Rows,
        .. MoveRows.Rows,
        .. DistributorRows.Rows,
        .. InviteRows.Rows,
        .. CommissionRows.Rows,
        .. RenewalRows.Rows,
        .. PaymentChannelRows.Rows,
        .. BuyerRows.Rows,
    ];

    public static IReadOnlyDictionary<string, Func<Things, Task<string>>> Makers { get; } =
        new[]
        {
            OperationsEndpoints.Makers,
            AccountsEndpoints.Makers,
            TwoFactorEndpoints.Makers,
            SignUpRows.Makers,
            PersonRows.Makers,
            InvitationRows.Makers,
            OwnAccountRows.Makers,
            SupportEndpoints.Makers,
            TicketRows.Makers,
            LicensingThings.Makers,
            RoleRows.Makers,
            TenantsEndpoints.Makers,
            ChannelRows.Makers,
            MyChannelRows.Makers,
            MailTemplateRows.Makers,
            CustomerBulkRows.Makers,
            PasskeyEndpoints.Makers,
            BillingRows.Makers,
            MoneyRows.Makers,
            CouponRows.Makers,
            RelayRows.Makers,
            AclRows.Makers,
            RentalRows.Makers,
            MoveRows.Makers,
            TailnetRows.Makers,
            TrafficRows.Makers,
            HealthRows.Makers,
            DistributorRows.Makers,
            InviteRows.Makers,
            CommissionRows.Makers,
            RenewalRows.Makers,
        }.SelectMany(makers => makers).ToDictionary();

    public static EndpointRow Named(string name) => Rows.Single(r => r.ToString() == name);

    /// <summary>The row whose endpoint answers that request. A literal part of a route goes before a parameter.</summary>
    public static EndpointRow Of(Act act)
    {
        var parts = act.Path.Split('?')[0].Split('/');
        return Rows.Where(r => r.Method == act.Method && Fits(r.Route.Split('/'), parts)).MinBy(r => r.Route.Count(c => c == '{'))
            ?? throw new InvalidOperationException($"No row answers {act}.");
    }

    /// <summary>Names of the rows that are so, for a theory on both engines.</summary>
    public static TheoryData<string, Support.Engine> On(Func<EndpointRow, bool> which)
    {
        var data = new TheoryData<string, Support.Engine>();
        foreach (var row in Rows.Where(which))
            foreach (var engine in Enum.GetValues<Support.Engine>())
                data.Add(row.ToString(), engine);
        return data;
    }

    private static bool Fits(string[] route, string[] path) =>
        route.Length == path.Length && route.Zip(path).All(p => p.First == p.Second || Parameter().IsMatch(p.First));

    [GeneratedRegex(@"^\{.+\}$")]
    private static partial Regex Parameter();
}
