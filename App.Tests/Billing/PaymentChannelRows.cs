using Gatehouse.Billing.Permissions;
using Gatehouse.Tests.Endpoints;
using static Gatehouse.Tests.Endpoints.Act;

namespace Gatehouse.Tests.Billing;

/// <summary>The pages of payment channels.</summary>
public static class PaymentChannelRows
{
    private const string Bank = "kind=offline&name={new_word}&currencies=CNY&settings.words=Bank 5678&icon=bank&minimum=1&maximum=&fee_rate=0.6&fee_fixed=0.10&fee_by=buyer&plans_shown=1&wait_minutes=60&shop_order=2&enabled=true";

    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/admin/payment-channels", BillingPermissions.PaymentChannelsManage) { Shows = ["payment_channel"] },
        new("GET", "/admin/payment-channels/new", BillingPermissions.PaymentChannelsManage) { Query = "kind from" },
        new("POST", "/admin/payment-channels/new", BillingPermissions.PaymentChannelsManage) { Form = Bank },
        new("GET", "/admin/payment-channels/{id}", BillingPermissions.PaymentChannelsManage) { Path = "/admin/payment-channels/{payment_channel}" },
        new("POST", "/admin/payment-channels/{id}", BillingPermissions.PaymentChannelsManage)
        {
            Path = "/admin/payment-channels/{payment_channel}", Form = Bank, Races = [new(Page("/admin/payment-channels/{payment_channel}", Bank), Patch("/api/payment-channels/{payment_channel}", """{"settings":{"words":"Two"}}"""))],
        },
        new("POST", "/admin/payment-channels/{id}/switch", BillingPermissions.PaymentChannelsManage)
        {
            Path = "/admin/payment-channels/{payment_channel}/switch", Form = "on=false",
            Races = [new(Page("/admin/payment-channels/{payment_channel}/switch", "on=false"), Patch("/api/payment-channels/{payment_channel}", """{"name":"Other"}"""))],
        },
        new("POST", "/admin/payment-channels/{id}/remove", BillingPermissions.PaymentChannelsManage)
        {
            Path = "/admin/payment-channels/{payment_channel}/remove", Races = [new(Page("/admin/payment-channels/{payment_channel}/remove"), Patch("/api/payment-channels/{payment_channel}", """{"enabled":false}"""))],
        },
        new("POST", "/admin/payment-channels/{id}/test", BillingPermissions.PaymentChannelsManage) { Path = "/admin/payment-channels/{payment_channel}/test", Leaves = true, Status = 200 },
        new("GET", "/admin/payment-channels/{id}/calls", BillingPermissions.PaymentChannelsManage) { Path = "/admin/payment-channels/{payment_channel}/calls", Query = "after" },
        new("POST", "/api/payment-channels/{id}/test", BillingPermissions.PaymentChannelsManage) { Path = "/api/payment-channels/{payment_channel}/test", Leaves = true },
        new("GET", "/api/payment-channels/{id}/calls", BillingPermissions.PaymentChannelsManage) { Path = "/api/payment-channels/{payment_channel}/calls", Query = "after limit" },
    ];
}
