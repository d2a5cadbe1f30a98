using Gatehouse.Billing.Orders;
using Gatehouse.Platform.Ui.Parts;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Billing.OrderDesk;

/// <summary>An order's state: a word beside its dot.</summary>
public sealed class OrderBadge : MarkupPart
{
    /// <summary>One of <see cref="OrderState.All"/>.</summary>
    [Parameter, EditorRequired] public string State { get; set; } = "";

    protected override void Take(string name, object? value) => State = (string)value!;

    protected override string Markup() => PartMarkup.Badge(Kind(State), P.Text["orders.state." + State]);

    private static string Kind(string state) => state switch
    {
        OrderState.Pending => "unused",
        OrderState.Paid => "warn",
        OrderState.Delivered or OrderState.Renewed => "ok",
        _ => "revoked",
    };
}
