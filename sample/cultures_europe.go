package sample

func european() []culture {
	return []culture{
		{
			weight: 22, language: "en", domain: "aol.com",
			given:   names("James, Olivia, Amelia, Noah, Harry, Grace, Emma, Liam, Charlotte, Ethan, Zoë=zoe, Chloé=chloe"),
			family:  names("Smith, Johnson, Williams, Brown, Jones, Taylor, Davies, Wilson, Miller, Anderson, Clarke, Wright"),
			streets: []string{"# High Street", "# Church Lane", "# Maple Avenue", "# Park Road", "# Main Street, Apt 4"},
			places: []place{
				{"London", "GB", "Europe/London", "GBP", "+44", "SW# #@@", 51.5074, -0.1278},
				{"Manchester", "GB", "Europe/London", "GBP", "+44", "M## #@@", 53.4808, -2.2426},
				{"New York", "US", "America/New_York", "USD", "+1", "100##", 40.7128, -74.0060},
				{"Chicago", "US", "America/Chicago", "USD", "+1", "606##", 41.8781, -87.6298},
				{"San Francisco", "US", "America/Los_Angeles", "USD", "+1", "941##", 37.7749, -122.4194},
				{"Sydney", "AU", "Australia/Sydney", "AUD", "+61", "20##", -33.8688, 151.2093},
				{"Toronto", "CA", "America/Toronto", "CAD", "+1", "M#@ #@#", 43.6532, -79.3832},
			},
		},
		{
			weight: 5, language: "en-IE", domain: "eircom.net",
			given:   names("Aoife, Seán=sean, Saoirse, Pádraig=padraig, Niamh, Ciarán=ciaran, Siobhán=siobhan, Eoin"),
			family:  names("O'Brien, O'Sullivan, Ó Murchú=omurchu, McCarthy, Byrne, O'Neill, Ní Bhriain=nibhriain, Fitzgerald"),
			streets: []string{"# O'Connell Street", "# Patrick Street", "# Shore Road"},
			places: []place{
				{"Dublin", "IE", "Europe/Dublin", "EUR", "+353", "D## @#@#", 53.3498, -6.2603},
				{"Cork", "IE", "Europe/Dublin", "EUR", "+353", "T## @#@#", 51.8985, -8.4756},
			},
		},
		{
			weight: 9, language: "de", domain: "web.de",
			given:   names("Jürgen=juergen, Anna, Lukas, Käthe=kaethe, Sören=soeren, Leonie, Björn=bjoern, Maximilian, Hans-Peter, Ursula"),
			family:  names("Müller=mueller, Schmidt, Schäfer=schaefer, Groß=gross, Weiß=weiss, Fischer, von der Heide, Köhler=koehler, Schröder=schroeder, Becker"),
			streets: []string{"Hauptstraße #", "Bahnhofstraße #", "Goethestr. #", "Am Mühlbach #"},
			places: []place{
				{"Berlin", "DE", "Europe/Berlin", "EUR", "+49", "10###", 52.5200, 13.4050},
				{"München", "DE", "Europe/Berlin", "EUR", "+49", "80###", 48.1351, 11.5820},
				{"Hamburg", "DE", "Europe/Berlin", "EUR", "+49", "20###", 53.5511, 9.9937},
				{"Wien", "AT", "Europe/Vienna", "EUR", "+43", "1##0", 48.2082, 16.3738},
				{"Zürich", "CH", "Europe/Zurich", "CHF", "+41", "80##", 47.3769, 8.5417},
			},
		},
		{
			weight: 7, language: "fr", domain: "orange.fr",
			given:   names("Hélène=helene, François=francois, Léa=lea, Anaïs=anais, Jean-Luc, Noël=noel, Camille, Théo=theo, Margaux"),
			family:  names("Lefèvre=lefevre, Dubois, Moreau, Béranger=beranger, Lemaître=lemaitre, de la Fontaine, d'Artagnan, Garçon=garcon, Girard"),
			streets: []string{"# rue de la République", "# avenue Victor-Hugo", "# place de l'Église"},
			places: []place{
				{"Paris", "FR", "Europe/Paris", "EUR", "+33", "750##", 48.8566, 2.3522},
				{"Lyon", "FR", "Europe/Paris", "EUR", "+33", "690##", 45.7640, 4.8357},
				{"Montréal", "CA", "America/Toronto", "CAD", "+1", "H#@ #@#", 45.5017, -73.5673},
			},
		},
		{
			weight: 7, language: "es", domain: "hotmail.es",
			given:   names("José=jose, María=maria, Íñigo=inigo, Lucía=lucia, Begoña=begona, Andrés=andres, Sofía=sofia, Alejandro, Ximena"),
			family:  names("García=garcia, Muñoz=munoz, Ibáñez=ibanez, Hernández=hernandez, López=lopez, Núñez=nunez, de la Cruz, Rodríguez=rodriguez, Peña=pena"),
			streets: []string{"Calle Mayor #", "Avenida de la Constitución #", "Plaza de España #"},
			places: []place{
				{"Madrid", "ES", "Europe/Madrid", "EUR", "+34", "280##", 40.4168, -3.7038},
				{"Sevilla", "ES", "Europe/Madrid", "EUR", "+34", "410##", 37.3891, -5.9845},
				{"Ciudad de México", "MX", "America/Mexico_City", "MXN", "+52", "06###", 19.4326, -99.1332},
				{"Bogotá", "CO", "America/Bogota", "COP", "+57", "1110##", 4.7110, -74.0721},
			},
		},
		{
			weight: 6, language: "pt-BR", domain: "uol.com.br",
			given:   names("João=joao, Inês=ines, Antônio=antonio, Conceição=conceicao, Thiago, Beatriz, Luís=luis, Letícia=leticia"),
			family:  names("Gonçalves=goncalves, Silva, Araújo=araujo, Simões=simoes, dos Santos, Conceição=conceicao, Oliveira, Magalhães=magalhaes"),
			streets: []string{"Rua das Flores, #", "Avenida Paulista, #", "Travessa do Comércio, #"},
			places: []place{
				{"São Paulo", "BR", "America/Sao_Paulo", "BRL", "+55", "01###-###", -23.5505, -46.6333},
				{"Rio de Janeiro", "BR", "America/Sao_Paulo", "BRL", "+55", "20###-###", -22.9068, -43.1729},
				{"Lisboa", "PT", "Europe/Lisbon", "EUR", "+351", "1###-###", 38.7223, -9.1393},
			},
		},
		{
			weight: 5, language: "it", domain: "libero.it",
			given:   names("Niccolò=niccolo, Giulia, Cosimo, Chiara, Andrea, Noemi, Pasquale, Francesca"),
			family:  names("Rossi, D'Angelo, Esposito, Cantù=cantu, De Luca, Bianchi, Dell'Acqua, Lo Presti"),
			streets: []string{"Via Roma #", "Corso Garibaldi #", "Piazza della Libertà #"},
			places: []place{
				{"Roma", "IT", "Europe/Rome", "EUR", "+39", "001##", 41.9028, 12.4964},
				{"Milano", "IT", "Europe/Rome", "EUR", "+39", "201##", 45.4642, 9.1900},
			},
		},
		{
			weight: 5, language: "nl", domain: "ziggo.nl",
			given:   names("Daan, Maud, Joost, Sanne, Thijs, Renée=renee, Willemijn, Daniël=daniel"),
			family:  names("van der Berg, de Vries, Jansen, van 't Hoff, Bakker, ter Horst, van den Broek, Coëlho=coelho"),
			streets: []string{"Kerkstraat #", "Prinsengracht #", "Dorpsstraat # bis"},
			places: []place{
				{"Amsterdam", "NL", "Europe/Amsterdam", "EUR", "+31", "10## @@", 52.3676, 4.9041},
				{"Antwerpen", "BE", "Europe/Brussels", "EUR", "+32", "20##", 51.2194, 4.4025},
			},
		},
		{
			weight: 5, language: "pl", domain: "wp.pl",
			given:   names("Łukasz=lukasz, Agnieszka, Zofia, Paweł=pawel, Małgorzata=malgorzata, Jędrzej=jedrzej, Michał=michal, Grażyna=grazyna"),
			family:  names("Kowalski, Wiśniewska=wisniewska, Wójcik=wojcik, Zieliński=zielinski, Dąbrowska=dabrowska, Brzęczyszczykiewicz=brzeczyszczykiewicz, Żak=zak, Nowak"),
			streets: []string{"ul. Długa #", "ul. Świętokrzyska #", "al. Jerozolimskie #"},
			places: []place{
				{"Warszawa", "PL", "Europe/Warsaw", "PLN", "+48", "00-###", 52.2297, 21.0122},
				{"Łódź", "PL", "Europe/Warsaw", "PLN", "+48", "90-###", 51.7592, 19.4560},
			},
		},
		{
			weight: 3, language: "cs", domain: "seznam.cz",
			given:   names("Jiří=jiri, Tereza, Ondřej=ondrej, Kateřina=katerina, Vojtěch=vojtech, Zdeňka=zdenka, Matěj=matej"),
			family:  names("Dvořák=dvorak, Nováková=novakova, Černý=cerny, Svobodová=svobodova, Řezníček=reznicek, Kučera=kucera, Ďurica=durica"),
			streets: []string{"Dlouhá #", "Náměstí Míru #", "Křižíkova #"},
			places: []place{
				{"Praha", "CZ", "Europe/Prague", "CZK", "+420", "1## 00", 50.0755, 14.4378},
				{"Bratislava", "SK", "Europe/Bratislava", "EUR", "+421", "81# 0#", 48.1486, 17.1077},
			},
		},
		{
			weight: 3, language: "hu", domain: "freemail.hu",
			given:   names("Zsófia=zsofia, István=istvan, Ágnes=agnes, Győző=gyozo, Bálint=balint, Réka=reka, Ödön=odon"),
			family:  names("Szabó=szabo, Tóth=toth, Kovács=kovacs, Nagy, Szűcs=szucs, Őry=ory, Fekete"),
			streets: []string{"Kossuth Lajos utca #.", "Andrássy út #."},
			places:  []place{{"Budapest", "HU", "Europe/Budapest", "HUF", "+36", "1###", 47.4979, 19.0402}},
		},
		{
			weight: 5, language: "sv", domain: "telia.com",
			given:   names("Åsa=asa, Björn=bjorn, Søren=soren, Astrid, Jón=jon, Þóra=thora, Märta=marta, Øystein=oystein, Lærke=laerke"),
			family:  names("Ångström=angstrom, Lindqvist, Sørensen=sorensen, Jónsdóttir=jonsdottir, Bjørnstad=bjornstad, Öberg=oberg, Guðmundsson=gudmundsson, af Klint"),
			streets: []string{"Storgatan #", "Åsgatan #", "Nørregade #"},
			places: []place{
				{"Stockholm", "SE", "Europe/Stockholm", "SEK", "+46", "1## ##", 59.3293, 18.0686},
				{"København", "DK", "Europe/Copenhagen", "DKK", "+45", "1###", 55.6761, 12.5683},
				{"Reykjavík", "IS", "Atlantic/Reykjavik", "ISK", "+354", "10#", 64.1466, -21.9426},
				{"Tromsø", "NO", "Europe/Oslo", "NOK", "+47", "90##", 69.6492, 18.9553},
			},
		},
		{
			weight: 3, language: "el", domain: "otenet.gr",
			given:   names("Γιώργος=giorgos, Ελένη=eleni, Νίκος=nikos, Μαρία=maria, Δημήτρης=dimitris, Αθηνά=athina, Οδυσσέας=odysseas"),
			family:  names("Παπαδόπουλος=papadopoulos, Καραγιάννης=karagiannis, Νικολάου=nikolaou, Οικονόμου=oikonomou, Βασιλείου=vasileiou, Ξένος=xenos"),
			streets: []string{"Ερμού #", "Λεωφόρος Συγγρού #"},
			places:  []place{{"Αθήνα", "GR", "Europe/Athens", "EUR", "+30", "10# ##", 37.9838, 23.7275}},
		},
		{
			weight: 5, language: "ru", domain: "mail.ru",
			given:   names("Иван=ivan, Анастасия=anastasia, Фёдор=fyodor, Екатерина=ekaterina, Юлия=yulia, Сергей=sergey, Илья=ilya, Ольга=olga"),
			family:  names("Иванов=ivanov, Петрова=petrova, Королёв=korolyov, Щербакова=shcherbakova, Смирнов=smirnov, Жуков=zhukov, Цветаева=tsvetaeva, Юрьева=yurieva"),
			streets: []string{"ул. Ленина, д. #", "Невский проспект, #"},
			places: []place{
				{"Алматы", "KZ", "Asia/Almaty", "KZT", "+7", "050###", 43.2220, 76.8512},
				{"Рига", "LV", "Europe/Riga", "EUR", "+371", "LV-10##", 56.9496, 24.1052},
			},
		},
		{
			weight: 3, language: "uk", domain: "ukr.net",
			given:   names("Олександр=oleksandr, Ївга=yivha, Наталія=nataliia, Ярина=yaryna, Андрій=andrii, Соломія=solomiia, Єва=yeva"),
			family:  names("Шевченко=shevchenko, Коваленко=kovalenko, Бондаренко=bondarenko, Кравчук=kravchuk, Їжак=yizhak, Ткаченко=tkachenko"),
			streets: []string{"вул. Хрещатик, #", "вул. Шевченка, #"},
			places:  []place{{"Київ", "UA", "Europe/Kyiv", "UAH", "+380", "01###", 50.4501, 30.5234}},
		},
	}
}
