using Gatehouse.Billing.Calling;
using Gatehouse.Platform.Features;

namespace Gatehouse.Billing;

/// <summary>Selling: gateways that take the money.</summary>
public sealed class BillingFeature : Feature
{
    public override void AddServices(IServiceCollection services, IConfiguration config) => services.AddSingleton<PaymentCaller>();
}
